import { Pool } from 'undici'
import { isErrnoException } from './errno.ts'
import { retryAfterMs } from './retry.ts'

export interface FrontDoorOptions {
  /** With the stage: `http://host:port/<stage>`. */
  readonly invokeUrl: string
  /** Most requests in flight, and so most connections. */
  readonly concurrency: number
  /** Bound on one attempt until the answer's head, and again between two parts of its body. */
  readonly attemptTimeoutMs?: number | undefined
  /** Ends every request at once. */
  readonly signal: AbortSignal
}

export interface FrontDoorRequest {
  readonly method: 'POST' | 'PUT'
  /** Behind the stage, from its slash on. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface FrontDoorAnswer {
  readonly status: number
  readonly body: string
  /** By a header's name in lower case. */
  readonly header: (name: string) => string | undefined
  /** Of a Retry-After header. */
  readonly waitMs: number | undefined
}

export interface NoAnswer {
  readonly reason: string
  /** Whether the server or the way to it may be there again by itself. */
  readonly mayPass: boolean
  readonly cause: unknown
}

/** A little over API Gateway's longest integration timeout (29 s), so that its 504 is seen rather than guessed. */
const defaultAttemptTimeoutMs = 35_000

/** What may pass by itself: the server or the way to it was not there for a moment. */
const retriableErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
  'UND_ERR_SOCKET',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'HPE_INVALID_EOF_STATE',
])

/** The HTTP client of every path: kept-alive connections to the pipeline's API. */
export class FrontDoor implements AsyncDisposable {
  readonly #stagePath: string
  readonly #pool: Pool
  readonly #signal: AbortSignal
  readonly #stop: () => void

  constructor({ invokeUrl, concurrency, attemptTimeoutMs = defaultAttemptTimeoutMs, signal }: FrontDoorOptions) {
    const url = new URL(invokeUrl)
    this.#stagePath = url.pathname.replace(/\/+$/, '')
    this.#pool = new Pool(url.origin, {
      connections: concurrency,
      pipelining: 1,
      headersTimeout: attemptTimeoutMs,
      bodyTimeout: attemptTimeoutMs,
      connect: { timeout: 5_000 },
    })
    this.#signal = signal
    this.#stop = () => void this.#pool.destroy()
    signal.addEventListener('abort', this.#stop, { once: true })
  }

  /** One attempt. Rejects only with the signal's reason, once it has aborted. */
  async send({ path, ...request }: FrontDoorRequest): Promise<FrontDoorAnswer | NoAnswer> {
    try {
      const answer = await this.#pool.request({ ...request, path: `${this.#stagePath}${path}` })
      const body = await answer.body.text()
      const header = (name: string): string | undefined => {
        const value = answer.headers[name]
        return Array.isArray(value) ? value[0] : value
      }
      return { status: answer.statusCode, body, header, waitMs: retryAfterMs(header('retry-after')) }
    } catch (error) {
      this.#signal.throwIfAborted()
      const reason = error instanceof Error ? error.message : String(error)
      if (!isErrnoException(error) || !retriableErrors.has(error.code ?? '')) {
        return { reason, mayPass: false, cause: error }
      }
      return { reason: `${error.code ?? ''} ${reason}`.trim(), mayPass: true, cause: error }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#stop)
    await this.#pool.destroy()
  }
}
