import type { IncomingMessage } from 'node:http'
import { gatewayLimits } from '../../contract/limits.ts'
import type { ByteBudget } from './integrations/integration.ts'
import type { RequestHeaders } from './request-headers.ts'

export type RequestBody =
  | { readonly body: Buffer | undefined; readonly bufferedBytes: number }
  | { readonly error: 'REQUEST_TOO_LARGE' | 'OVERLOADED' | 'aborted' }

const absent: RequestBody = { body: undefined, bufferedBytes: 0 }

/**
 * Reads a whole body. What it returns as `bufferedBytes` is taken from the budget and the caller's to give back. After an
 * error the rest of the body is read and dropped as it arrives, so that the client can read its answer.
 *
 * @param askForBody called once a body is wanted: a client that expects `100 Continue` sends a too large one only when told to.
 */
export function readBody(
  request: IncomingMessage,
  headers: RequestHeaders,
  budget: ByteBudget,
  askForBody: () => void = ignore,
): Promise<RequestBody> {
  if (!headers.hasBody) return Promise.resolve(absent)
  if (headers.contentLength > gatewayLimits.maxPayloadBytes) {
    request.resume()
    return Promise.resolve({ error: 'REQUEST_TOO_LARGE' })
  }
  askForBody()
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let bytes = 0
    const fail = (error: 'REQUEST_TOO_LARGE' | 'OVERLOADED' | 'aborted'): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      request.resume()
      budget.give(bytes)
      resolve({ error })
    }
    const onData = (chunk: Buffer): void => {
      if (bytes + chunk.length > gatewayLimits.maxPayloadBytes) {
        fail('REQUEST_TOO_LARGE')
      } else if (!budget.take(chunk.length)) {
        fail('OVERLOADED')
      } else {
        bytes += chunk.length
        chunks.push(chunk)
      }
    }
    const onEnd = (): void => {
      request.off('close', onClose)
      const body = chunks.length > 1 ? Buffer.concat(chunks, bytes) : chunks[0]
      resolve({ body, bufferedBytes: bytes })
    }
    const onClose = (): void => {
      fail('aborted')
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

const ignore = (): void => undefined
