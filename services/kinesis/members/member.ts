/** Member schemas in the terms of the AWS service model, and the TypeScript type that a valid request has. */
export interface StringMember extends Bounds {
  readonly type: 'String'
  readonly pattern?: Pattern
  /** In the order in which AWS lists them. */
  readonly values?: readonly string[]
}
export interface Pattern {
  /** As AWS writes it in an answer. */
  readonly source: string
  readonly test: (text: string) => boolean
}
interface IntegerMember extends Bounds {
  readonly type: 'Integer'
}
interface BlobMember {
  readonly type: 'Blob'
  readonly max: number
}
interface ListMember extends Bounds {
  readonly type: 'List'
  readonly of: Member
}
interface MapMember extends Bounds {
  readonly type: 'Map'
  readonly keys: StringMember
  readonly values: StringMember
}
export interface StructureMember<M extends Members = Members> {
  readonly type: 'Structure'
  readonly members: M
  /** Of `members`, taken apart once. */
  readonly entries: readonly (readonly [name: string, member: Member])[]
}
/** Of a text its length in characters, of a number its value, of a list or a map its size. */
interface Bounds {
  readonly min?: number
  readonly max?: number
}
/** A `Timestamp` is read as epoch milliseconds. */
export type Member = (
  | StringMember
  | IntegerMember
  | { readonly type: 'Boolean' }
  | { readonly type: 'Timestamp' }
  | BlobMember
  | ListMember
  | MapMember
  | StructureMember
) & { readonly required?: true }
export type Members = Readonly<Record<string, Member>>

type ValueOf<M extends Member> = M extends { type: 'String'; values: readonly (infer V)[] }
  ? V
  : M extends { type: 'String' }
    ? string
    : M extends { type: 'Integer' | 'Timestamp' }
      ? number
      : M extends { type: 'Boolean' }
        ? boolean
        : M extends { type: 'Blob' }
          ? Uint8Array
          : M extends { type: 'List'; of: infer Of extends Member }
            ? readonly ValueOf<Of>[]
            : M extends { type: 'Map' }
              ? Readonly<Record<string, string>>
              : M extends { type: 'Structure'; members: infer Inner extends Members }
                ? Input<Inner>
                : never

export type Input<M extends Members> = {
  readonly [Name in keyof M]: M[Name] extends { required: true } ? ValueOf<M[Name]> : ValueOf<M[Name]> | undefined
}

/** Longer texts are longer than any member with a pattern may be, and matching one could take long. */
const maxPatternLength = 4_096

/** @param source an expression that must match the whole text */
export function pattern(source: string): Pattern {
  const whole = new RegExp(`^(?:${source})$`)
  return { source, test: (text) => text.length <= maxPatternLength && whole.test(text) }
}

export const structure = <const M extends Members>(members: M): StructureMember<M> => ({
  type: 'Structure',
  members,
  entries: Object.entries(members),
})

export const required = <const M extends Member>(member: M): M & { readonly required: true } => ({
  ...member,
  required: true,
})
