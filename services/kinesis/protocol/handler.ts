import { type Service } from '../actions/action.ts'
import { actions, notEmulated } from '../actions/registry.ts'
import { type Handler, type HttpAnswer, type HttpRequest } from '../http/exchange.ts'
import { KinesisError, type KinesisErrorName } from '../kinesis-error.ts'
import { codecFor, fallbackCodec, type Codec } from './codec.ts'

const targetPrefix = 'Kinesis_20131202.'

/** 400 is the rest. */
const statuses: Partial<Record<KinesisErrorName, number>> = {
  AccessDeniedException: 403,
  InternalFailure: 500,
  ServiceUnavailable: 503,
}

export interface HandlerOptions {
  readonly service: Service
  /** Throws KinesisError for a request whose signature is not taken. */
  readonly verify: (request: HttpRequest) => void
  /** Hears of what is this service's own fault. */
  readonly complain: (error: unknown, action: string) => void
}

/**
 * Kinesis over HTTP: which action, how the body is written, whose signature, and what an error looks like. The order of the checks
 * is AWS's: the body is read before the signature is looked at.
 */
export function kinesisHandler(options: HandlerOptions): Handler {
  const handle = (request: HttpRequest): HttpAnswer | Promise<HttpAnswer> => {
    if (request.method === 'GET' && request.target === '/health') return healthy
    const codec = codecFor(single(request.headers['content-type']))
    const target = single(request.headers['x-amz-target']) ?? ''
    const answerError = (error: unknown): HttpAnswer => {
      if (error instanceof KinesisError) return errorAnswer(error, codec ?? fallbackCodec)
      options.complain(error, target)
      return errorAnswer(new KinesisError('InternalFailure', ''), codec ?? fallbackCodec)
    }
    try {
      const result = perform(request, target, codec, options)
      if (!(result instanceof Promise)) return success(result, codec ?? fallbackCodec)
      return result.then((answer) => success(answer, codec ?? fallbackCodec)).catch(answerError)
    } catch (error) {
      return answerError(error)
    }
  }
  return {
    handle,
    maxAnswerBytes: ({ headers }) =>
      single(headers['x-amz-target']) === `${targetPrefix}GetRecords` ? maxRecordsAnswerBytes : 0,
  }
}

/** 10 MiB of data in base64, with what is written beside 1 KiB of it. */
const maxRecordsAnswerBytes = 16 * 1_048_576

const healthy: HttpAnswer = { status: 200, contentType: 'application/json', body: '{"status":"ok"}' }

function perform(
  request: HttpRequest,
  target: string,
  codec: Codec | undefined,
  { service, verify }: HandlerOptions,
): object | undefined | Promise<object | undefined> {
  if (request.method !== 'POST' || target === '') {
    throw new KinesisError('AccessDeniedException', 'Unable to determine service/operation name to be authorized')
  }
  const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : ''
  const action = actions.get(name)
  if (action === undefined) throw unknownOperation(target, name)
  if (codec === undefined) {
    throw new KinesisError(
      'UnknownOperationException',
      'The content type must be application/x-amz-json-1.1 or application/x-amz-cbor-1.1.',
    )
  }
  const body = codec.decode(request.body)
  verify(request)
  return action(service, body)
}

const unknownOperation = (target: string, name: string): KinesisError =>
  new KinesisError(
    'UnknownOperationException',
    notEmulated.has(name) ? `pinlab does not emulate ${name}.` : `There is no operation ${target}.`,
  )

const success = (answer: object | undefined, codec: Codec): HttpAnswer => ({
  status: 200,
  contentType: codec.contentType,
  body: answer === undefined ? '' : codec.encode(answer),
})

const errorAnswer = ({ name, message }: KinesisError, codec: Codec): HttpAnswer => ({
  status: statuses[name] ?? 400,
  contentType: codec.contentType,
  body: codec.encode(message === '' ? { __type: name } : { __type: name, message }),
})

const single = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' ? value : value?.[0]
