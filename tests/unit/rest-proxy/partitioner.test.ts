import { expect, it } from 'vitest'
import { partitionOfKey } from '../../../services/rest-proxy/produce/partitioner.ts'

/** Hashes from Kafka's own UtilsTest. */
it.each([
  { key: '21', murmur2: -973932308 },
  { key: 'foobar', murmur2: -790332482 },
  { key: 'a-little-bit-long-string', murmur2: -985981536 },
  { key: 'a-little-bit-longer-string', murmur2: -1486304829 },
  { key: 'lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', murmur2: -58897971 },
  { key: 'abc', murmur2: 479470107 },
])('puts the key $key where Java puts it', ({ key, murmur2 }) => {
  for (const partitions of [1, 3, 7, 100]) {
    expect(partitionOfKey('t', Buffer.from(key), partitions)).toBe((murmur2 & 0x7fffffff) % partitions)
  }
})
