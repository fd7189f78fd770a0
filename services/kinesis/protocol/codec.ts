import { isAscii, isUtf8 } from 'node:buffer'
import { KinesisError } from '../kinesis-error.ts'
import { decodeCbor, encodeCbor } from './cbor.ts'
import { parsePlainJson } from './plain-json.ts'
import { RecordsAnswer } from './records-answer.ts'

/** How a body is written; chosen by the request's content type, and the answer has the same. */
export interface Codec {
  readonly contentType: string
  /** @throws KinesisError SerializationException for a body that is none */
  readonly decode: (body: Buffer) => unknown
  readonly encode: (answer: object) => string | Buffer
}

/** Smaller bodies are parsed faster as a whole. */
const minPlainBytes = 65_536

const json: Codec = {
  contentType: 'application/x-amz-json-1.1',
  decode: (body) =>
    decoded(() => (body.length < minPlainBytes ? undefined : parsePlainJson(body)) ?? JSON.parse(textOf(body))),
  encode: (answer) => (answer instanceof RecordsAnswer ? answer.toJsonBytes() : JSON.stringify(answer)),
}

const cbor: Codec = {
  contentType: 'application/x-amz-cbor-1.1',
  decode: (body) => decoded(() => decodeCbor(body)),
  encode: (answer) => encodeCbor(answer instanceof RecordsAnswer ? answer.toMembers() : answer),
}

/** @param contentType of the header, parameters and all; undefined for a type that the service does not speak */
export function codecFor(contentType: string | undefined): Codec | undefined {
  if (contentType === json.contentType) return json
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase()
  return [json, cbor].find((codec) => codec.contentType === type)
}

/** For answers to requests whose type nobody can tell. */
export const fallbackCodec = json

/** One byte a character where that is enough: JSON.parse and base64 are faster on such a text. */
function textOf(body: Buffer): string {
  if (isAscii(body)) return body.toString('latin1')
  if (!isUtf8(body)) throw new SyntaxError('not UTF-8')
  return body.toString('utf8')
}

/** Whatever a decoder throws (a syntax error, a range error at absurd nesting) is the body's fault. AWS says no more than the type. */
function decoded(decode: () => unknown): unknown {
  try {
    const value = decode()
    if (typeof value === 'object' && value !== null) return value
  } catch (error) {
    if (!(error instanceof Error)) throw error
  }
  throw new KinesisError('SerializationException', '')
}
