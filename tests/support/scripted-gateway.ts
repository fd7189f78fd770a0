import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'

type Row = Record<string, unknown>

/** One post as it came in; `attempt` counts the requests of the server from 1. */
export interface PostedRequest {
  readonly attempt: number
  readonly method: string
  readonly path: string
  /** Its topic or stream. */
  readonly target: string
  readonly contentType: string
  readonly values: readonly Row[]
  /** Partition keys, of a stream's records. */
  readonly keys: readonly string[]
}

/** What the server does in place of a plain answer. `drop-after` stores the records and closes without an answer. */
export type Fault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Record<string, string>
    }
  | { readonly kind: 'drop' | 'drop-after' | 'hang' | 'cut-answer' | 'wrong-count' }
  /** A topic's codes are numbers, a stream's are names; `undefined` stores the record. */
  | { readonly kind: 'record-errors'; readonly codes: readonly (number | string | undefined)[] }

export interface ScriptedGateway extends AsyncDisposable {
  readonly invokeUrl: string
  readonly requests: readonly PostedRequest[]
  /** Stored values by topic and stream, in order; a value stored twice is there twice. */
  readonly stored: ReadonlyMap<string, readonly Row[]>
  /** Most requests that were being answered at one moment. */
  readonly mostAtOnce: () => number
}

/** Answers posts as the lab's API does, Confluent REST Proxy v2 and Kinesis behind it, but for the faults that `script` orders. */
export async function startScriptedGateway(
  script: (request: PostedRequest) => Fault | undefined | Promise<Fault | undefined> = () => undefined,
): Promise<ScriptedGateway> {
  const requests: PostedRequest[] = []
  const stored = new Map<string, Row[]>()
  const nextOffsets = new Map<string, number>()
  let attempt = 0
  let atOnce = 0
  let mostAtOnce = 0

  const store = (target: string, value: Row, key: string): { part: number; offset: number } => {
    const part = Number(key) % 3 || 0
    const place = `${target}-${String(part)}`
    const offset = nextOffsets.get(place) ?? 0
    nextOffsets.set(place, offset + 1)
    const values = stored.get(target)
    if (values) values.push(value)
    else stored.set(target, [value])
    return { part, offset }
  }

  const answerOf = ({ path, target, values, keys }: PostedRequest, fault: Fault | undefined): Answer => {
    const codes = fault?.kind === 'record-errors' ? fault.codes : []
    const outcomes = values.map((value, i) =>
      codes[i] === undefined
        ? store(target, value, keys[i] ?? String(value['ind'] ?? value['index']))
        : { code: codes[i] },
    )
    if (fault?.kind === 'wrong-count') outcomes.pop()
    if (path.endsWith('/records')) return putRecordsAnswer(outcomes)
    return path.endsWith('/record') ? putRecordAnswer(outcomes[0]) : produceAnswer(outcomes)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const blocks: Buffer[] = []
    for await (const block of request as AsyncIterable<Buffer>) blocks.push(block)
    attempt += 1
    const path = request.url ?? ''
    const posted: PostedRequest = {
      attempt,
      method: request.method ?? '',
      path,
      target: /\/(?:topics|streams)\/([^/]+)/.exec(path)?.[1] ?? '',
      contentType: request.headers['content-type'] ?? '',
      ...recordsIn(JSON.parse(Buffer.concat(blocks).toString()) as PostedBody),
    }
    requests.push(posted)
    const fault = await script(posted)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'drop') {
      request.socket.destroy()
      return
    }
    const contentType = path.includes('/topics/') ? 'application/vnd.kafka.v2+json' : 'application/json'
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': contentType, ...fault.headers })
      response.end(fault.body ?? JSON.stringify({ error_code: fault.status, message: 'scripted' }))
      return
    }
    const { status, body } = answerOf(posted, fault)
    if (fault?.kind === 'drop-after') {
      request.socket.destroy()
      return
    }
    response.writeHead(status, { 'content-type': contentType, 'content-length': body.length })
    if (fault?.kind === 'cut-answer') {
      response.write(body.slice(0, 10), () => request.socket.destroy())
      return
    }
    response.end(body)
  }

  const server = createServer((request, response) => {
    atOnce += 1
    mostAtOnce = Math.max(mostAtOnce, atOnce)
    response.once('close', () => {
      atOnce -= 1
    })
    handle(request, response).catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    invokeUrl: `http://127.0.0.1:${String(port)}/test`,
    requests,
    stored,
    mostAtOnce: () => mostAtOnce,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

interface Answer {
  readonly status: number
  readonly body: string
}

type Outcome = { readonly part: number; readonly offset: number } | { readonly code: number | string | undefined }

interface PostedBody {
  readonly records?: readonly { value?: Row; data?: Row; 'partition-key'?: string }[]
  readonly Data?: Row
  readonly PartitionKey?: string
}

function recordsIn({ records, Data, PartitionKey }: PostedBody): Pick<PostedRequest, 'values' | 'keys'> {
  if (!records) return { values: Data ? [Data] : [], keys: PartitionKey === undefined ? [] : [PartitionKey] }
  return {
    values: records.map(({ value, data }) => value ?? data ?? {}),
    keys: records.flatMap((record) => record['partition-key'] ?? []),
  }
}

const produceAnswer = (outcomes: readonly Outcome[]): Answer => ({
  status: 200,
  body: JSON.stringify({
    offsets: outcomes.map((outcome) =>
      'code' in outcome
        ? { partition: null, offset: null, error_code: outcome.code, error: 'scripted' }
        : { partition: outcome.part, offset: outcome.offset, error_code: null, error: null },
    ),
    key_schema_id: null,
    value_schema_id: null,
  }),
})

/** 56 digits, as AWS writes them; the start is of no meaning here. */
const storedIn = ({ part, offset }: { part: number; offset: number }) => ({
  SequenceNumber: `4961${String(offset).padStart(52, '0')}`,
  ShardId: `shardId-${String(part).padStart(12, '0')}`,
})

const putRecordsAnswer = (outcomes: readonly Outcome[]): Answer => ({
  status: 200,
  body: JSON.stringify({
    FailedRecordCount: outcomes.filter((outcome) => 'code' in outcome).length,
    Records: outcomes.map((outcome) =>
      'code' in outcome ? { ErrorCode: outcome.code, ErrorMessage: 'scripted' } : storedIn(outcome),
    ),
  }),
})

function putRecordAnswer(outcome: Outcome | undefined): Answer {
  if (!outcome) return { status: 200, body: '{}' }
  return 'code' in outcome
    ? { status: 400, body: JSON.stringify({ __type: outcome.code, message: 'scripted' }) }
    : { status: 200, body: JSON.stringify(storedIn(outcome)) }
}
