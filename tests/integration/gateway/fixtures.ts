import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { startGateway, type Gateway } from '../../../services/gateway/app.ts'
import { Config } from '../../../services/gateway/config.ts'
import { createLog } from '../../../services/runtime/log.ts'

/** Settings for an API with Kinesis behind it, by default where nothing listens. */
export const awsSettings = (kinesis = 'http://127.0.0.1:9') => ({
  region: 'us-east-1',
  accessKeyId: 'LABTESTACCESSKEY0001',
  secretAccessKey: 'x'.repeat(40),
  endpoints: { kinesis },
})

/** A gateway in this process; without `apiText` it executes the api.yaml it ships. */
export async function startTestGateway(
  settings: Partial<z.input<typeof Config>>,
  apiText?: string,
): Promise<Gateway & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-gateway-'))
  try {
    if (apiText !== undefined) await writeFile(join(folder, 'api.yaml'), apiText)
    const config = Config.parse({
      port: 0,
      stage: 'test',
      aws: awsSettings(),
      ...(apiText === undefined ? {} : { apiPath: join(folder, 'api.yaml') }),
      ...settings,
    })
    const gateway = await startGateway(config, { log: createLog('gateway', 'silent') })
    return {
      port: gateway.port,
      invokeUrl: gateway.invokeUrl,
      folder,
      [Symbol.asyncDispose]: async () => {
        await gateway[Symbol.asyncDispose]()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
}

export interface Backend extends AsyncDisposable {
  /** `host:port`, as the stage variable restProxyHost holds it. */
  readonly host: string
  readonly seen: SeenRequest[]
}

/** A real HTTP server that keeps what it saw; without `answer` it says 200 with a small JSON body. */
export async function startBackend(answer?: RequestListener): Promise<Backend> {
  const seen: SeenRequest[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', headers, rawHeaders } = request
      seen.push({ method, url, headers, rawHeaders, body: Buffer.concat(chunks) })
      if (answer) answer(request, response)
      else response.writeHead(200, { 'content-type': 'application/vnd.kafka.v2+json' }).end('{"offsets":[]}')
    })
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    host: `127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    seen,
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** Sends bytes as they are and returns all that comes back until `until` is in it, the server closes, or the deadline. */
export function exchangeBytes(
  port: number,
  bytes: string,
  { until = '\u0000', timeoutMs = 5_000, end = false } = {},
): Promise<{ text: string; closed: boolean }> {
  return new Promise((resolve, reject) => {
    let text = ''
    let closed = false
    const socket = connect(port, '127.0.0.1', () => {
      if (end) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
    })
    const finish = (): void => {
      clearTimeout(deadline)
      socket.destroy()
      resolve({ text, closed })
    }
    const deadline = setTimeout(finish, timeoutMs)
    socket.setEncoding('latin1')
    socket.on('data', (chunk: string) => {
      text += chunk
      if (text.includes(until)) finish()
    })
    socket.on('close', () => {
      closed = true
      finish()
    })
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ECONNRESET' && error.code !== 'EPIPE') reject(error)
    })
  })
}

/** Polls until `probe` gives something. */
export async function eventually<T>(probe: () => T | undefined | false, timeoutMs = 5_000): Promise<T> {
  const deadline = Date.now() + timeoutMs
  for (;;) {
    const found = probe()
    if (found !== undefined && found !== false) return found
    if (Date.now() > deadline) throw new Error('it did not come about in time')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
