/** `shardId-` and 12 digits, as AWS writes the shard of this index. */
export const shardIdOf = (index: number): string => `shardId-${String(index).padStart(12, '0')}`

/** The index of a shard, or undefined for what is no shard's name; AWS takes the bare number also. */
export function shardIndexOf(text: string): number | undefined {
  const digits = /^(?:[^-]*-)?(\d+)$/.exec(text)?.[1]
  const index = Number(digits ?? Number.NaN)
  return index <= 0x7fff_ffff ? index : undefined
}
