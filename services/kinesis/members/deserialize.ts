import { KinesisError } from '../kinesis-error.ts'
import { isCborTag } from '../protocol/cbor.ts'
import { blobOf } from './blob.ts'
import { type Input, type Member, type Members, type StructureMember } from './member.ts'

/**
 * A decoded body in the shape of its schema: members that the schema does not name are dropped, as AWS drops them; null is absent.
 * Nothing is said yet about bounds or required members.
 *
 * @throws KinesisError SerializationException, in the words of AWS's JSON protocol
 */
export function deserialize<M extends Members>(value: unknown, structure: StructureMember<M>): Input<M> {
  return structureOf(value, structure) as Input<M>
}

function structureOf(value: unknown, { entries }: StructureMember): Record<string, unknown> {
  if (Array.isArray(value)) throw serialization('Start of list found where not expected')
  if (!isPlain(value)) throw serialization('Expected null')
  const found: Record<string, unknown> = {}
  for (const [name, member] of entries) found[name] = memberOf(value[name], member)
  return found
}

function memberOf(value: unknown, member: Member): unknown {
  if (value === undefined || value === null) return undefined
  switch (member.type) {
    case 'String':
      return typeof value === 'string' ? value : refuse(value, 'a String')
    case 'Integer':
      // Coral cuts a fraction off and keeps what is too large at the largest integer.
      return typeof value === 'number' ? Math.min(Math.trunc(value), 2_147_483_647) : refuse(value, 'an Integer')
    case 'Boolean':
      return typeof value === 'boolean' ? value : refuse(value, 'a Boolean')
    case 'Blob':
      if (value instanceof Uint8Array) return value
      return typeof value === 'string' ? blobOf(value) : refuse(value, 'a Blob')
    case 'Timestamp':
      return timestampMs(value)
    case 'List':
      if (Array.isArray(value)) return value.map((item) => memberOf(item, member.of))
      throw serialization(
        isPlain(value) ? 'Start of structure or map found where not expected.' : 'Expected list or null',
      )
    case 'Map':
      if (Array.isArray(value)) throw serialization('Start of list found where not expected')
      if (!isPlain(value)) throw serialization('Expected map or null')
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, memberOf(item, member.values) ?? '']))
    case 'Structure':
      return structureOf(value, member)
  }
}

/** JSON has epoch seconds; CBOR has tag 1 around epoch milliseconds, as the AWS SDK for Java writes it. */
function timestampMs(value: unknown): number {
  if (typeof value === 'number') return value * 1_000
  if (isCborTag(value) && value.tag === 1) return Number(value.value)
  return refuse(value, 'milliseconds since epoch')
}

function refuse(value: unknown, wanted: string): never {
  if (Array.isArray(value)) throw serialization('Start of list found where not expected')
  const found = typeof value === 'boolean' ? String(value).toUpperCase() : typeof value
  const names: Readonly<Record<string, string>> = { string: 'STRING', number: 'NUMBER', bigint: 'NUMBER' }
  if (typeof value === 'object') throw serialization('Start of structure or map found where not expected.')
  throw serialization(`${names[found] ?? found}_VALUE can not be converted to ${wanted}`)
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array) && !isCborTag(value)

const serialization = (message: string): KinesisError => new KinesisError('SerializationException', message)
