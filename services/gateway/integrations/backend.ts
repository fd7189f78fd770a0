import { Pool, type Dispatcher } from 'undici'
import { gatewayLimits } from '../../../contract/limits.ts'
import type { ByteBudget, IntegrationFailure, IntegrationFault } from './integration.ts'

/** Connections to one backend; requests beyond them wait in the pool and their timeout runs meanwhile. */
const maxConnections = 128

export const backendPool = (origin: string): Pool =>
  new Pool(origin, {
    connections: maxConnections,
    pipelining: 1, // a pipelined request would wait behind, and fail with, another client's
    connect: { timeout: 3_000 },
    headersTimeout: 0, // the integration's own timeout covers both
    bodyTimeout: 0,
  })

export interface BackendCall {
  readonly method: string
  readonly path: string
  /** By name, or names and values in turn. */
  readonly headers: string[] | Record<string, string>
  readonly body: Buffer | undefined
  /** From the call to the last byte of the response. */
  readonly timeoutMs: number
  readonly budget: ByteBudget
}

export type BackendHeaders = Readonly<Record<string, string | string[] | undefined>>

export interface BackendResponse {
  readonly status: number
  /** Small names. */
  readonly headers: BackendHeaders
  readonly body: Buffer
  /** Taken from the budget; the receiver gives it back. */
  readonly bufferedBytes: number
  readonly latencyMs: number
}

/** Calls once, never again: a request that may have reached the backend is the client's to repeat. */
export const call = (pool: Pool, request: BackendCall): Promise<BackendResponse | IntegrationFault> =>
  new Promise((resolve) => {
    const { method, path, headers } = request
    pool.dispatch({ method, path, headers, body: request.body ?? null }, new Exchange(request, resolve))
  })

const noBody = Buffer.alloc(0)

/** One request and its response, buffered whole as API Gateway does. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #budget: ByteBudget
  readonly #resolve: (response: BackendResponse | IntegrationFault) => void
  readonly #timer: NodeJS.Timeout
  readonly #startMs = performance.now()
  #controller: Dispatcher.DispatchController | undefined
  #status = 0
  #headers: BackendHeaders = {}
  #chunks: Buffer[] = []
  #bytes = 0
  #settled = false

  constructor({ timeoutMs, budget }: BackendCall, resolve: (response: BackendResponse | IntegrationFault) => void) {
    this.#budget = budget
    this.#resolve = resolve
    this.#timer = setTimeout(() => {
      this.#fail('INTEGRATION_TIMEOUT', `no whole response within ${String(timeoutMs)} ms`)
    }, timeoutMs)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#settled) controller.abort(new Error('timed out before a connection was free'))
  }

  onResponseStart(_controller: Dispatcher.DispatchController, statusCode: number, headers: BackendHeaders): void {
    this.#status = statusCode
    this.#headers = headers
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return
    if (this.#bytes + chunk.length > gatewayLimits.maxPayloadBytes) {
      this.#fail('RESPONSE_TOO_LARGE', `response is larger than ${String(gatewayLimits.maxPayloadBytes)} bytes`)
    } else if (!this.#budget.take(chunk.length)) {
      this.#fail('OVERLOADED', 'no room to hold the response')
    } else {
      this.#bytes += chunk.length
      this.#chunks.push(chunk)
    }
  }

  onResponseEnd(): void {
    if (this.#status < 200 || !this.#settle()) return
    const [first] = this.#chunks
    this.#resolve({
      status: this.#status,
      headers: this.#headers,
      body: this.#chunks.length > 1 ? Buffer.concat(this.#chunks, this.#bytes) : (first ?? noBody),
      bufferedBytes: this.#bytes,
      latencyMs: performance.now() - this.#startMs,
    })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail('INTEGRATION_FAILURE', error.message)
  }

  #fail(failure: IntegrationFailure, detail: string): void {
    if (!this.#settle()) return
    this.#budget.give(this.#bytes)
    this.#resolve({ failure, detail, latencyMs: performance.now() - this.#startMs })
    this.#controller?.abort(new Error(detail))
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    clearTimeout(this.#timer)
    return true
  }
}
