import { type BatchAcknowledgement, type StreamAcknowledgement } from '../contract/index.ts'

/** One record on its way through the front door. */
export interface OutgoingRecord {
  readonly emission: number
  readonly ind: number
  /** The row as a JSON object. */
  readonly json: string
}

/** Where a record was stored, as its line in the ledger says it. */
export type Place =
  | Pick<BatchAcknowledgement, 'topic' | 'partition' | 'offset'>
  | Pick<StreamAcknowledgement, 'stream' | 'shard' | 'sequenceNumber'>

/** What became of one record of a request. */
export type RecordOutcome =
  | { readonly kind: 'acknowledged'; readonly place: Place }
  | { readonly kind: 'retry' | 'refused'; readonly reason: string }

/** What an answer means: for each record of the request, or for the request as a whole. */
export type Verdict =
  | { readonly kind: 'records'; readonly outcomes: readonly RecordOutcome[] }
  | { readonly kind: 'retry'; readonly reason: string }
  | { readonly kind: 'refused'; readonly reason: string }

const quotedCharacters = 500

export const quoted = (status: number, body: string): string => `${String(status)} ${body.slice(0, quotedCharacters)}`

/** 408 request timeout, 429 throttled; with every 5xx, the statuses that may pass by themselves. */
const retriableStatuses = new Set([408, 429])

export const mayPass = (status: number): boolean => status >= 500 || retriableStatuses.has(status)

/** Undefined for a text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

export interface Hint {
  readonly pattern: RegExp
  readonly fix: string
}

/** What a reader can do about a refusal: the first of `hints`, then of those for every path, whose pattern its text has. */
export function hintFor(reason: string, hints: readonly Hint[], otherwise: string): string {
  return [...hints, ...frontDoorHints].find(({ pattern }) => pattern.test(reason))?.fix ?? otherwise
}

const frontDoorHints: readonly Hint[] = [
  {
    pattern: /Missing Authentication Token/,
    fix: 'the invoke URL lacks the stage, or the API has no such path: compare it with "lab urls" (http://host:port/<stage>)',
  },
  {
    pattern: /^403 .*Forbidden/,
    fix: 'the API wants an API key, which the emulator does not send: start the gateway without one',
  },
  { pattern: /^413 /, fix: 'send fewer records a request: lower --batch' },
]
