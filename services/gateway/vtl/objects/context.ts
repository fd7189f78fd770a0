import type { ContextObject, TemplateScope } from '../scope.ts'
import { ContextMap } from '../values/value.ts'

/** `$context`, with the overrides that templates set on it. */
export function contextObject({ context, overrides }: TemplateScope): ContextMap {
  const map = mapOf(context)
  map.set('requestOverride', overrides.request)
  map.set('responseOverride', overrides.response)
  return map
}

function mapOf(object: ContextObject): ContextMap {
  const map = new ContextMap()
  for (const [name, value] of Object.entries(object)) {
    if (value === undefined) continue
    map.set(name, typeof value === 'object' ? mapOf(value) : typeof value === 'number' ? BigInt(value) : value)
  }
  return map
}
