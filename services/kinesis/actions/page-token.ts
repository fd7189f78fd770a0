import { z } from 'zod'
import { KinesisError } from '../kinesis-error.ts'
import { parseJson } from '../../runtime/parse-json.ts'

/** "Tokens expire after 300 seconds": ListShards in the API reference. */
const validMs = 300_000

const Token = z.tuple([z.number(), z.string(), z.unknown()])

/** A text that leads to the page after `after` of the same question, which the token holds. */
export const pageToken = (nowMs: number, after: string, question?: unknown): string =>
  Buffer.from(JSON.stringify([nowMs, after, question])).toString('base64url')

/** @throws KinesisError InvalidArgumentException for a text that is no token, ExpiredNextTokenException */
export function readPageToken(token: string, nowMs: number): { readonly after: string; readonly question: unknown } {
  const parsed = Token.safeParse(parseJson(Buffer.from(token, 'base64url').toString()))
  if (!parsed.success) throw new KinesisError('InvalidArgumentException', 'NextToken is invalid.')
  const [madeAtMs, after, question] = parsed.data
  if (nowMs - madeAtMs > validMs) throw new KinesisError('ExpiredNextTokenException', 'NextToken has expired.')
  return { after, question }
}
