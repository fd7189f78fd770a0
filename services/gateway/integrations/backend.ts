import { gatewayLimits } from '../../../contract/limits.ts'
import { methodResponseHeaders } from '../headers.ts'
import type { BackendPool } from './backend-pool.ts'
import type { ByteBudget, IntegrationFailure, IntegrationResponse } from './integration.ts'
import type { ResponseParser } from './response-parser.ts'

export interface BackendCall {
  readonly method: string
  readonly target: string
  /** Names and values in turn. */
  readonly headers: readonly string[]
  readonly body: Buffer | undefined
  /** From the call to the last byte of the response. */
  readonly timeoutMs: number
  readonly budget: ByteBudget
}

const noBody = Buffer.alloc(0)

/**
 * Calls once, never again: a request that may have reached the backend is the client's to repeat. The response is buffered
 * whole, as API Gateway does, within the budget and the payload limit.
 */
export function call(pool: BackendPool, { timeoutMs, budget, ...request }: BackendCall): Promise<IntegrationResponse> {
  return new Promise((resolve) => {
    const startMs = performance.now()
    const chunks: Buffer[] = []
    let bytes = 0

    const fail = (failure: IntegrationFailure, detail: string): void => {
      clearTimeout(timer)
      budget.give(bytes)
      resolve({ failure, detail, latencyMs: performance.now() - startMs })
    }
    const giveUp = pool.send({
      ...request,
      onBody: (chunk) => {
        if (bytes + chunk.length > gatewayLimits.maxPayloadBytes) {
          stop('RESPONSE_TOO_LARGE', `response is larger than ${String(gatewayLimits.maxPayloadBytes)} bytes`)
          return false
        }
        if (!budget.take(chunk.length)) {
          stop('OVERLOADED', 'no room to hold the response')
          return false
        }
        bytes += chunk.length
        chunks.push(Buffer.from(chunk)) // its memory is the connection's
        return true
      },
      onResponse: (response: ResponseParser) => {
        clearTimeout(timer)
        resolve({
          status: response.status,
          headers: methodResponseHeaders(response.headers),
          body: chunks.length > 1 ? Buffer.concat(chunks, bytes) : (chunks[0] ?? noBody),
          bufferedBytes: bytes,
          declaredLength: response.declaredLength,
          latencyMs: performance.now() - startMs,
        })
      },
      onFailure: (why) => {
        fail('INTEGRATION_FAILURE', why)
      },
    })
    const stop = (failure: IntegrationFailure, detail: string): void => {
      giveUp()
      fail(failure, detail)
    }
    const timer = setTimeout(() => {
      stop('INTEGRATION_TIMEOUT', `no whole response within ${String(timeoutMs)} ms`)
    }, timeoutMs)
  })
}
