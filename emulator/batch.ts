import { Pool } from 'undici'
import { LabError, topicName, type EntityName } from '../contract/index.ts'
import { hintFor, judge, type Verdict } from './answer.ts'
import { isErrnoException } from './errno.ts'
import { Attempts, defaultRetryPolicy, retryAfterMs, type RetryPolicy } from './retry.ts'

/** One record on its way to a topic. */
export interface OutgoingRecord {
  readonly emission: number
  readonly ind: number
  /** The row as a JSON object. */
  readonly json: string
}

export interface AcknowledgedRecord {
  readonly record: OutgoingRecord
  readonly partition: number
  readonly offset: number
}

export interface BatchClientOptions {
  /** With the stage: `http://host:port/<stage>`. */
  readonly invokeUrl: string
  readonly userId: string
  /** Most requests in flight, and so most connections. */
  readonly concurrency: number
  /** Bound on one attempt until the answer's head, and again between two parts of its body. */
  readonly attemptTimeoutMs?: number
  readonly retryPolicy?: RetryPolicy
  /** Ends every wait and request at once. */
  readonly signal: AbortSignal
  readonly onRetry?: () => void
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

const headers = {
  'content-type': 'application/vnd.kafka.json.v2+json',
  accept: 'application/vnd.kafka.v2+json, application/json',
}

type Attempt = Verdict & { readonly waitMs?: number | undefined }

/** The batch path's REST client: `POST <invokeUrl>/topics/<user id>.<entity>` over kept-alive connections. */
export class BatchClient implements AsyncDisposable {
  readonly #options: BatchClientOptions
  readonly #path: string
  readonly #pool: Pool
  readonly #stop: () => void
  /** Topics that have taken records. */
  readonly #knownTopics = new Set<string>()

  constructor(options: BatchClientOptions) {
    const url = new URL(options.invokeUrl)
    const attemptTimeoutMs = options.attemptTimeoutMs ?? defaultAttemptTimeoutMs
    this.#options = options
    this.#path = url.pathname.replace(/\/+$/, '')
    this.#pool = new Pool(url.origin, {
      connections: options.concurrency,
      pipelining: 1,
      headersTimeout: attemptTimeoutMs,
      bodyTimeout: attemptTimeoutMs,
      connect: { timeout: 5_000 },
    })
    this.#stop = () => void this.#pool.destroy()
    options.signal.addEventListener('abort', this.#stop, { once: true })
  }

  /**
   * Sends `records` to the entity's topic in one request. What fails in a way that may pass is sent again, and only that,
   * with growing pauses; a record that was stored but whose answer got lost is thus stored twice, never lost.
   * `onAcknowledged` gets each acknowledged record exactly once, after every request with new ones.
   * @throws LabError LAB_EMULATION_FAILED at a refusal, or when the policy's time is over
   */
  async post(
    entity: EntityName,
    records: readonly OutgoingRecord[],
    onAcknowledged: (acknowledged: readonly AcknowledgedRecord[]) => Promise<void>,
  ): Promise<void> {
    const { userId, retryPolicy = defaultRetryPolicy, signal, onRetry } = this.#options
    const topic = topicName(userId, entity)
    const attempts = new Attempts(retryPolicy)
    let open = records
    for (;;) {
      const verdict = await this.#attempt(topic, open)
      const { acknowledged, again, lost, reason } = sorted(verdict, open)
      if (acknowledged.length > 0) {
        this.#knownTopics.add(topic)
        await onAcknowledged(acknowledged)
      }
      if (lost.length > 0) throw refused(topic, lost, reason)
      if (again.length === 0) return
      if (!(await attempts.waitForNext(signal, verdict.waitMs))) throw gaveUp(topic, again, reason, attempts)
      open = again
      onRetry?.()
    }
  }

  async #attempt(topic: string, records: readonly OutgoingRecord[]): Promise<Attempt> {
    try {
      const answer = await this.#pool.request({
        method: 'POST',
        path: `${this.#path}/topics/${topic}`,
        headers,
        body: `{"records":[${records.map(({ json }) => `{"value":${json}}`).join(',')}]}`,
      })
      const body = await answer.body.text()
      const retryAfter = answer.headers['retry-after']
      return {
        ...judge(answer.statusCode, body, { count: records.length, isKnownTopic: this.#knownTopics.has(topic) }),
        waitMs: retryAfterMs(Array.isArray(retryAfter) ? retryAfter[0] : retryAfter),
      }
    } catch (error) {
      this.#options.signal.throwIfAborted()
      if (!isErrnoException(error) || !retriableErrors.has(error.code ?? '')) {
        const reason = error instanceof Error ? error.message : String(error)
        throw refused(topic, records, reason, error)
      }
      return { kind: 'retry', reason: `${error.code ?? ''} ${error.message}`.trim() }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#options.signal.removeEventListener('abort', this.#stop)
    await this.#pool.destroy()
  }
}

interface SortedRecords {
  readonly acknowledged: AcknowledgedRecord[]
  readonly again: readonly OutgoingRecord[]
  readonly lost: readonly OutgoingRecord[]
  /** Of the first lost record; if none is lost, of the first to be sent again. */
  readonly reason: string
}

/** Which records of a request are done, which go again and which never will; in the request's order. */
function sorted(verdict: Verdict, records: readonly OutgoingRecord[]): SortedRecords {
  if (verdict.kind === 'retry') return { acknowledged: [], again: records, lost: [], reason: verdict.reason }
  if (verdict.kind === 'refused') return { acknowledged: [], again: [], lost: records, reason: verdict.reason }
  const acknowledged: AcknowledgedRecord[] = []
  const again: OutgoingRecord[] = []
  const lost: OutgoingRecord[] = []
  const reasons: Partial<Record<'retry' | 'refused', string>> = {}
  for (const [i, record] of records.entries()) {
    const outcome = verdict.outcomes[i]
    if (outcome?.kind === 'acknowledged') {
      acknowledged.push({ record, partition: outcome.partition, offset: outcome.offset })
    } else if (outcome) {
      reasons[outcome.kind] ??= outcome.reason
      const kept = outcome.kind === 'retry' ? again : lost
      kept.push(record)
    }
  }
  return { acknowledged, again, lost, reason: reasons.refused ?? reasons.retry ?? '' }
}

const named = (records: readonly OutgoingRecord[]): string => {
  const shown = records.slice(0, 3).map(({ ind }) => String(ind))
  return `${shown.join(', ')}${records.length > shown.length ? `, … (${String(records.length)} records)` : ''}`
}

const refused = (topic: string, records: readonly OutgoingRecord[], reason: string, cause?: unknown): LabError =>
  new LabError('LAB_EMULATION_FAILED', {
    what: `the post of ind ${named(records)} to topic ${topic} was refused`,
    why: reason,
    fix: `${hintFor(reason)}; then the same command goes on where this one stopped`,
    cause,
  })

const gaveUp = (topic: string, records: readonly OutgoingRecord[], reason: string, attempts: Attempts): LabError =>
  new LabError('LAB_EMULATION_FAILED', {
    what: `ind ${named(records)} could not be posted to topic ${topic}: ${String(attempts.failures)} attempts in ${(attempts.elapsedMs / 1_000).toFixed(0)} s`,
    why: `the last answer was: ${reason}`,
    fix: 'see "lab status" and "lab logs gateway"; once the lab answers, the same command goes on where this one stopped',
  })
