export interface TokenBucket {
  /** Takes one token if there is one. @param nowMs any clock that never runs backwards. */
  readonly take: (nowMs: number) => boolean
}

/** Starts full with `burst` tokens and refills evenly at `ratePerSecond`; holds at most `burst`. */
export function tokenBucket({ ratePerSecond, burst }: { ratePerSecond: number; burst: number }): TokenBucket {
  let tokens = burst
  let filledAtMs: number | undefined
  return {
    take: (nowMs) => {
      const elapsedMs = Math.max(0, nowMs - (filledAtMs ?? nowMs))
      filledAtMs = Math.max(nowMs, filledAtMs ?? nowMs)
      tokens = Math.min(burst, tokens + (elapsedMs * ratePerSecond) / 1_000)
      if (tokens < 1) return false
      tokens -= 1
      return true
    },
  }
}
