/** `String.hashCode` of Java: 32 bits, over UTF-16 units. */
function hashCode(text: string): number {
  let hash = 0
  for (let index = 0; index < text.length; index += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0
  return hash
}

/** HashMap.TREEIFY_THRESHOLD and MIN_TREEIFY_CAPACITY (OpenJDK): a ninth key in a bucket of a small table doubles the table. */
const fullBucket = 8
const smallTable = 64

/**
 * Order in which a Java `HashMap` gives back distinct `keys` put in one by one: by bucket, within a bucket as they came. The
 * table starts at 16 and doubles past three quarters full. Nine and more keys in one bucket of a table of 64 and more, which
 * Java turns into a tree, stay as they came here.
 * @returns indexes into `keys`
 */
export function hashMapOrder(keys: readonly string[]): number[] {
  const spread = keys.map((key) => {
    const hash = hashCode(key)
    return hash ^ (hash >>> 16)
  })
  let capacity = 16
  let inBucket = new Map<number, number>()
  const bucketOf = (index: number): number => (spread[index] ?? 0) & (capacity - 1)
  const double = (upTo: number): void => {
    capacity *= 2
    inBucket = new Map()
    for (let index = 0; index <= upTo; index += 1) count(index)
  }
  const count = (index: number): number => {
    const held = (inBucket.get(bucketOf(index)) ?? 0) + 1
    inBucket.set(bucketOf(index), held)
    return held
  }
  for (const index of keys.keys()) {
    if (count(index) > fullBucket && capacity < smallTable) double(index)
    if (index + 1 > capacity * 0.75) double(index)
  }
  return [...keys.keys()].sort((a, b) => bucketOf(a) - bucketOf(b) || a - b)
}
