import { once } from 'node:events'
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { awsSigner } from '../../clients/aws-signature.ts'
import { type TestKinesis } from './services.ts'

export const jsonType = 'application/x-amz-json-1.1'
export const cborType = 'application/x-amz-cbor-1.1'

export interface WireAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
  /** Of a JSON answer. */
  readonly body: unknown
}

export interface WireRequest {
  readonly method?: string
  readonly action?: string
  /** Instead of `Kinesis_20131202.<action>`; null for none. */
  readonly target?: string | null
  readonly contentType?: string | null
  readonly body: object | string | Buffer
  /** Changes what was signed; undefined takes a header away. */
  readonly alter?: (headers: Record<string, string>) => Record<string, string | undefined>
}

/** Kinesis without a client library, by HTTP/1.1: so that what a library would not send can be sent. */
export async function askKinesis(kinesis: TestKinesis, question: WireRequest): Promise<WireAnswer> {
  const { method = 'POST', action = '', contentType = jsonType } = question
  const { target = `Kinesis_20131202.${action}`, alter } = question
  const { host, hostname, port } = new URL(kinesis.endpoint)
  const body = Buffer.isBuffer(question.body)
    ? question.body
    : Buffer.from(typeof question.body === 'string' ? question.body : JSON.stringify(question.body))
  const headers = {
    ...(contentType === null ? {} : { 'content-type': contentType }),
    ...(target === null ? {} : { 'x-amz-target': target }),
  }
  const signed = awsSigner({ ...kinesis, service: 'kinesis' })({ host, headers, body })
  const altered = Object.entries(alter === undefined ? signed : alter(signed)).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  )
  const outgoing = request({ hostname, port, method, path: '/', headers: Object.fromEntries(altered), agent: false })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  const bytes = await buffer(answer)
  const isJson = bytes.length > 0 && answer.headers['content-type'] !== cborType
  return {
    status: answer.statusCode ?? 0,
    headers: answer.headers,
    bytes,
    body: isJson ? JSON.parse(bytes.toString()) : undefined,
  }
}
