import { Pool } from 'undici'
import { awsSigner } from '../../clients/aws-signature.ts'

/**
 * A Kinesis client in a process of its own that costs little: sends one action over and over by JSON over HTTP/1.1, each request signed
 * anew, and prints `{seconds}` as JSON. A call that is not answered 200, or fails a record, ends it.
 */
export interface KinesisLoad {
  readonly endpoint: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly action: 'PutRecord' | 'PutRecords' | 'GetRecords'
  /** Of the body, beside the records. */
  readonly members: Readonly<Record<string, unknown>>
  /** Of each call of PutRecords. */
  readonly records: number
  readonly recordBytes: number
  readonly calls: number
  readonly concurrency: number
}

const load = JSON.parse(process.argv[2] ?? '{}') as KinesisLoad
const { host, origin } = new URL(load.endpoint)
const pool = new Pool(origin, { connections: load.concurrency, pipelining: 1 })
const sign = awsSigner({ ...load, service: 'kinesis' })
const signedHeaders = {
  'content-type': 'application/x-amz-json-1.1',
  'x-amz-target': `Kinesis_20131202.${load.action}`,
}
/** As a pin's record is JSON text, some of it is; each key goes to a shard of its own. */
const data = Buffer.from(JSON.stringify({ text: 'x'.repeat(load.recordBytes - 11) })).toString('base64')
let key = 0
const record = () => ({ Data: data, PartitionKey: String((key += 1)) })

function body(): Buffer {
  const { action, members, records } = load
  if (action === 'PutRecord') return Buffer.from(JSON.stringify({ ...members, ...record() }))
  if (action === 'GetRecords') return Buffer.from(JSON.stringify(members))
  return Buffer.from(JSON.stringify({ ...members, Records: Array.from({ length: records }, record) }))
}

async function call(): Promise<void> {
  const payload = body()
  const answer = await pool.request({
    method: 'POST',
    path: '/',
    headers: sign({ host, headers: signedHeaders, body: payload }),
    body: payload,
  })
  const text = await answer.body.text()
  if (answer.statusCode !== 200) throw new Error(`${load.action} was answered ${String(answer.statusCode)}: ${text}`)
  if (load.action === 'PutRecords' && !/"FailedRecordCount": ?0\b/.test(text)) throw new Error(text.slice(0, 1_000))
}

let sent = 0
const worker = async (): Promise<void> => {
  while (sent < load.calls) {
    sent += 1
    await call()
  }
}

const startMs = performance.now()
await Promise.all(Array.from({ length: load.concurrency }, worker))
const seconds = (performance.now() - startMs) / 1_000
await pool.close()
process.stdout.write(JSON.stringify({ seconds }))
