import { Refused } from '../http/refused.ts'

export type Subscription =
  | { readonly kind: 'topics'; readonly topics: readonly string[] }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }

/** @throws Refused unprocessable, illegalState */
export function subscriptionOf(request: {
  topics?: readonly string[] | null | undefined
  topic_pattern?: string | null | undefined
}): Subscription {
  const topics = request.topics ?? undefined
  const pattern = request.topic_pattern ?? undefined
  if (topics !== undefined && pattern !== undefined) {
    throw new Refused('illegalState', 'Subscription to topics, partitions and pattern are mutually exclusive')
  }
  if (topics !== undefined) return { kind: 'topics', topics: [...new Set(topics)].sort() }
  if (pattern === undefined) throw new Refused('unprocessable', 'topics or topic_pattern must not be null (was null)')
  try {
    return { kind: 'pattern', pattern: new RegExp(`^(?:${pattern})$`) }
  } catch (error) {
    if (error instanceof SyntaxError) throw new Refused('unprocessable', `topic_pattern: ${error.message}`)
    throw error
  }
}

/** Those of the existing topics that are subscribed to, in name order. */
export const topicsOf = (subscription: Subscription, existing: readonly string[]): string[] =>
  existing
    .filter((topic) =>
      subscription.kind === 'topics' ? subscription.topics.includes(topic) : subscription.pattern.test(topic),
    )
    .sort()

export const sameTopics = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((topic, at) => topic === b[at])
