import { topicName, type EntityName } from '../contract/index.ts'
import { type Wire } from './delivery.ts'
import { judgeProduce, produceHints } from './produce-answer.ts'
import { hintFor } from './verdict.ts'

const headers = {
  'content-type': 'application/vnd.kafka.json.v2+json',
  accept: 'application/vnd.kafka.v2+json, application/json',
}

/** The batch path: `POST <invokeUrl>/topics/<user id>.<entity>`, the REST Proxy's v2 envelope. */
export function batchWire(userId: string): Wire {
  /** Topics that have taken records. */
  const known = new Set<EntityName>()
  return {
    target: (entity) => `topic ${topicName(userId, entity)}`,
    request: (entity, records) => ({
      method: 'POST',
      path: `/topics/${topicName(userId, entity)}`,
      headers,
      body: `{"records":[${records.map(({ json }) => `{"value":${json}}`).join(',')}]}`,
    }),
    judge: (entity, { status, body }, count) => {
      const topic = topicName(userId, entity)
      const verdict = judgeProduce(status, body, { topic, count, isKnownTopic: known.has(entity) })
      if (verdict.kind === 'records' && verdict.outcomes.some(({ kind }) => kind === 'acknowledged')) known.add(entity)
      return verdict
    },
    hintFor: (reason) =>
      hintFor(
        reason,
        produceHints,
        'correct what the answer names; "lab logs gateway" and "lab logs rest-proxy" have both ends of it',
      ),
  }
}
