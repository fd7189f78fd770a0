import { restProxyLimits } from '../../contract/limits.ts'

/** Kafka's rule for topic names (Topic.validate): what breaks it cannot exist, so the broker need not be asked. */
export const isTopicName = (name: string): boolean =>
  name.length <= restProxyLimits.maxTopicNameLength && /^[a-zA-Z0-9._-]+$/.test(name) && name !== '.' && name !== '..'
