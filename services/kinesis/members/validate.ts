import { KinesisError } from '../kinesis-error.ts'
import { type Member, type StringMember, type StructureMember } from './member.ts'

/** AWS stops looking after so many. */
const maxErrors = 10

/** @throws KinesisError ValidationException with every constraint that a member breaks, in the words of AWS's front end */
export function validate(input: object, structure: StructureMember): void {
  const errors: string[] = []
  checkStructure(input as Record<string, unknown>, structure, '', errors)
  if (errors.length === 0) return
  const count = `${String(errors.length)} validation error${errors.length === 1 ? '' : 's'} detected: `
  throw new KinesisError('ValidationException', count + errors.join('; '))
}

function checkStructure(
  input: Record<string, unknown>,
  { entries }: StructureMember,
  parent: string,
  errors: string[],
): void {
  for (const [name, member] of entries) {
    if (errors.length >= maxErrors) return
    const value = input[name]
    if (value !== undefined) check(value, member, { parent, name }, errors)
    else if (member.required) errors.push(sentence('Value null', { parent, name }, 'Member must not be null'))
  }
}

interface Place {
  readonly parent: string
  /** As the service model writes it; an answer begins it with a small letter. */
  readonly name: string
}

function check(value: unknown, member: Member, place: Place, errors: string[]): void {
  switch (member.type) {
    case 'String': {
      const text = value as string
      for (const broken of brokenByText(text, member)) errors.push(sentence(`Value '${text}'`, place, broken))
      return
    }
    case 'Integer':
      for (const broken of outOfBounds(value as number, member, 'value')) {
        errors.push(sentence(`Value '${String(value)}'`, place, broken))
      }
      return
    case 'Blob':
      for (const broken of outOfBounds((value as Uint8Array).byteLength, member, 'length')) {
        errors.push(sentence('Value', place, broken))
      }
      return
    case 'List':
      checkList(value as unknown[], member, place, errors)
      return
    case 'Map':
      checkMap(value as Record<string, string>, member, place, errors)
      return
    case 'Structure':
      checkStructure(value as Record<string, unknown>, member, pathOf(place), errors)
      return
    case 'Boolean':
    case 'Timestamp':
  }
}

function checkList(items: unknown[], member: Member & { type: 'List' }, place: Place, errors: string[]): void {
  const { of } = member
  const shown = of.type === 'String' ? `Value '[${items.join(', ')}]'` : 'Value'
  for (const broken of outOfBounds(items.length, member, 'length')) errors.push(sentence(shown, place, broken))
  if (of.type === 'String') {
    if ((items as (string | undefined)[]).some((item) => outOfBounds(item?.length ?? 0, of, 'length').length > 0)) {
      errors.push(sentence(shown, place, `Member must satisfy constraint: [${lengths(of)}]`))
    }
    return
  }
  for (const [index, item] of items.entries()) {
    if (errors.length >= maxErrors) return
    const inner = { parent: `${pathOf(place)}.${String(index + 1)}`, name: 'member' }
    if (item === undefined) errors.push(sentence('Value null', inner, 'Member must not be null'))
    else check(item, of, inner, errors)
  }
}

function checkMap(
  map: Readonly<Record<string, string>>,
  member: Member & { type: 'Map' },
  place: Place,
  errors: string[],
): void {
  const entries = Object.entries(map)
  const shown = `Value '{${entries.map(([key, value]) => `${key}=${value}`).join(', ')}}'`
  const { keys, values } = member
  for (const broken of outOfBounds(entries.length, member, 'length')) errors.push(sentence(shown, place, broken))
  if (entries.some(([key]) => outOfBounds(key.length, keys, 'length').length > 0)) {
    errors.push(sentence(shown, place, `Map keys must satisfy constraint: [${lengths(keys)}]`))
  }
  if (entries.some(([, value]) => outOfBounds(value.length, values, 'length').length > 0)) {
    errors.push(sentence(shown, place, `Map value must satisfy constraint: [${lengths(values)}]`))
  }
}

function brokenByText(text: string, member: StringMember): readonly string[] {
  const { pattern, values } = member
  const matches = pattern === undefined || pattern.test(text)
  const isOneOf = values === undefined || values.includes(text)
  const bounds = outOfBounds(text.length, member, 'length')
  if (matches && isOneOf) return bounds
  return [
    ...(matches ? [] : [`Member must satisfy regular expression pattern: ${pattern.source}`]),
    ...(isOneOf ? [] : [`Member must satisfy enum value set: [${values.join(', ')}]`]),
    ...bounds,
  ]
}

const none: readonly string[] = []

function outOfBounds(
  size: number,
  { min, max }: { readonly min?: number; readonly max?: number },
  what: 'length' | 'value',
): readonly string[] {
  if (min !== undefined && size < min) return [`Member must have ${what} greater than or equal to ${String(min)}`]
  if (max !== undefined && size > max) return [`Member must have ${what} less than or equal to ${String(max)}`]
  return none
}

const lengths = ({ min = 0, max = 0 }: StringMember): string =>
  `Member must have length less than or equal to ${String(max)}, Member must have length greater than or equal to ${String(min)}`

const sentence = (value: string, place: Place, broken: string): string =>
  `${value} at '${pathOf(place)}' failed to satisfy constraint: ${broken}`

const pathOf = ({ parent, name }: Place): string =>
  `${parent === '' ? '' : `${parent}.`}${name.charAt(0).toLowerCase()}${name.slice(1)}`
