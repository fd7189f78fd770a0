import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo } from 'node:net'

/** One produce request as it came in; `attempt` counts the requests of the server from 1. */
export interface ProduceRequest {
  readonly attempt: number
  readonly path: string
  readonly topic: string
  readonly contentType: string
  readonly values: readonly Record<string, unknown>[]
}

/** What the server does in place of a plain answer. `drop-after` stores the records and closes without an answer. */
export type Fault =
  | {
      readonly kind: 'status'
      readonly status: number
      readonly body?: string
      readonly headers?: Record<string, string>
    }
  | { readonly kind: 'drop' | 'drop-after' | 'hang' | 'cut-answer' }
  | { readonly kind: 'record-errors'; readonly codes: readonly (number | undefined)[] }

export interface ScriptedRestProxy extends AsyncDisposable {
  readonly invokeUrl: string
  readonly requests: readonly ProduceRequest[]
  /** Stored values by topic, in order; a value stored twice is there twice. */
  readonly stored: ReadonlyMap<string, readonly Record<string, unknown>[]>
  /** Most requests that were being answered at one moment. */
  readonly mostAtOnce: () => number
}

/** Answers produce requests as Confluent REST Proxy v2 does, but for the faults that `script` orders. */
export async function startScriptedRestProxy(
  script: (request: ProduceRequest) => Fault | undefined | Promise<Fault | undefined> = () => undefined,
): Promise<ScriptedRestProxy> {
  const requests: ProduceRequest[] = []
  const stored = new Map<string, Record<string, unknown>[]>()
  const nextOffsets = new Map<string, number>()
  let attempt = 0
  let atOnce = 0
  let mostAtOnce = 0

  const store = (topic: string, value: Record<string, unknown>) => {
    const partition = Number(value['ind'] ?? value['index']) % 3
    const key = `${topic}-${String(partition)}`
    const offset = nextOffsets.get(key) ?? 0
    nextOffsets.set(key, offset + 1)
    stored.set(topic, [...(stored.get(topic) ?? []), value])
    return { partition, offset, error_code: null, error: null }
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const blocks: Buffer[] = []
    for await (const block of request as AsyncIterable<Buffer>) blocks.push(block)
    const { records } = JSON.parse(Buffer.concat(blocks).toString()) as {
      records: { value: Record<string, unknown> }[]
    }
    attempt += 1
    const path = request.url ?? ''
    const topic = path.split('/').at(-1) ?? ''
    const values = records.map(({ value }) => value)
    const produce = { attempt, path, topic, contentType: request.headers['content-type'] ?? '', values }
    requests.push(produce)
    const fault = await script(produce)
    if (fault?.kind === 'hang') return
    if (fault?.kind === 'drop') {
      request.socket.destroy()
      return
    }
    if (fault?.kind === 'status') {
      response.writeHead(fault.status, { 'content-type': 'application/vnd.kafka.v2+json', ...fault.headers })
      response.end(fault.body ?? JSON.stringify({ error_code: fault.status, message: 'scripted' }))
      return
    }
    const codes = fault?.kind === 'record-errors' ? fault.codes : []
    const offsets = values.map((value, i) =>
      codes[i] === undefined
        ? store(topic, value)
        : { partition: null, offset: null, error_code: codes[i], error: 'scripted' },
    )
    if (fault?.kind === 'drop-after') {
      request.socket.destroy()
      return
    }
    const body = JSON.stringify({ offsets, key_schema_id: null, value_schema_id: null })
    response.writeHead(200, { 'content-type': 'application/vnd.kafka.v2+json', 'content-length': body.length })
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
