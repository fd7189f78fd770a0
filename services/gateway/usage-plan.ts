export interface Quota {
  readonly limit: number
  readonly period: 'DAY' | 'WEEK' | 'MONTH'
}

export interface UsagePlan {
  /** Counts an allowed request against the key's quota. A restart of the gateway starts the count anew. */
  readonly admit: (apiKey: string | undefined, now: Date) => 'allowed' | 'invalid-key' | 'quota-exceeded'
}

export function usagePlan(apiKeys: readonly string[], quota?: Quota): UsagePlan {
  const used = new Map(apiKeys.map((key) => [key, { period: '', requests: 0 }]))
  return {
    admit: (apiKey, now) => {
      const usage = apiKey === undefined ? undefined : used.get(apiKey)
      if (!usage) return 'invalid-key'
      if (!quota) return 'allowed'
      const period = periodStart(quota.period, now)
      if (usage.period !== period) Object.assign(usage, { period, requests: 0 })
      if (usage.requests >= quota.limit) return 'quota-exceeded'
      usage.requests += 1
      return 'allowed'
    },
  }
}

/** First day, in UTC, of the calendar day, week (from Sunday) or month that `now` is in. */
function periodStart(period: Quota['period'], now: Date): string {
  const day = period === 'MONTH' ? 1 : now.getUTCDate() - (period === 'WEEK' ? now.getUTCDay() : 0)
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), day)).toISOString().slice(0, 10)
}
