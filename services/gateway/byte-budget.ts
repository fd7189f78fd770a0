import type { ByteBudget } from './integrations/integration.ts'

export function byteBudget(maxBytes: number): ByteBudget & { readonly heldBytes: () => number } {
  let held = 0
  return {
    take: (bytes) => {
      if (held + bytes > maxBytes) return false
      held += bytes
      return true
    },
    give: (bytes) => {
      held -= bytes
    },
    heldBytes: () => held,
  }
}
