import type { Block } from '../syntax/nodes.ts'

/**
 * What a template works with, in the types that Java's engine would have: `bigint` is Integer, Long or BigInteger, `number` is
 * Double. Nothing of JavaScript's own objects can be reached: members are looked up in tables only.
 */
export type Value = string | boolean | bigint | number | Decimal | VtlList | VtlMap | HostObject | Deferred

/** Null stands for Java's null; where a reference yields it, API Gateway has the empty string. */
export type Nullable = Value | null

/** A JSON number of more than 18 characters with a fraction: its text is kept, as Java's BigDecimal keeps it. */
export class Decimal {
  readonly digits: string

  constructor(digits: string) {
    this.digits = digits
  }
}

export class VtlList {
  readonly items: Nullable[]
  /** Lists read from JSON print as JSON, those that a template made as Java's lists do. */
  readonly isJson: boolean

  constructor(items: Nullable[], isJson = false) {
    this.items = items
    this.isJson = isJson
  }
}

export class VtlMap extends Map<Value, Nullable> {}

/** `$context` and the objects in it: what the service writes where one of them is printed is nothing, as recorded of it. */
export class ContextMap extends VtlMap {}

/** One of API Gateway's objects or of the engine's: `$input`, `$util`, `$foreach`, an entry of a map. */
export interface HostObject {
  readonly host: true
  property(name: string): Nullable | undefined
  /** @returns undefined when there is no such method. @throws EvaluationError */
  call(method: string, parameters: readonly Nullable[]): Nullable | undefined
  readonly text: string
}

/** What `#define` keeps: it is rendered whenever it is written. */
export interface Deferred {
  readonly deferred: Block
}

/** Ends a rendering; the renderer adds the line. */
export class EvaluationError extends Error {}

export const isHost = (value: Nullable): value is HostObject =>
  typeof value === 'object' && value !== null && 'host' in value

export const isDeferred = (value: Nullable): value is Deferred =>
  typeof value === 'object' && value !== null && 'deferred' in value
