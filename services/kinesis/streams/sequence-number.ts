/**
 * Sequence numbers in AWS's version 2 layout, as kinesalite found it: 47 hexadecimal digits written in decimal, which gives 56 digits.
 * From the left: `2`, 9 digits of the second the shard opened, 1 of its index, 16 of the record's index, 2 zeros, 9 of the second the
 * record arrived, 8 of the shard's index, `2`. So within a shard the record's index orders them, and a shard opened later is above.
 */
export interface SequenceNumberParts {
  readonly openedAtSec: number
  readonly shardIndex: number
  /** 0 is the shard's own starting number; records count from 1; `closedIndex` is a closed shard's ending number. */
  readonly recordIndex: number
  readonly arrivedAtSec: number
}

/** The largest record index of the layout, 2^63 - 1, as a number: above every index that a record gets. */
export const closedIndex = Number.MAX_SAFE_INTEGER

const closedIndexInLayout = 0x7fff_ffff_ffff_ffffn
const layout = /^2([0-9a-f]{9})[0-9a-f]([0-7][0-9a-f]{15})[0-9a-f]{2}([0-9a-f]{9})([0-7][0-9a-f]{7})2$/

/** Writes a shard's sequence numbers; its constant parts are put together once. */
export function sequenceNumbers({
  openedAtSec,
  shardIndex,
}: Pick<SequenceNumberParts, 'openedAtSec' | 'shardIndex'>): (recordIndex: number, arrivedAtMs: number) => string {
  const constant =
    (2n << 184n) + (BigInt(openedAtSec) << 148n) + (BigInt(shardIndex % 16) << 144n) + (BigInt(shardIndex) << 4n) + 2n
  return (recordIndex, arrivedAtMs) => {
    const index = recordIndex === closedIndex ? closedIndexInLayout : BigInt(recordIndex)
    const arrivedAtSec = Math.max(Math.floor(arrivedAtMs / 1_000), openedAtSec)
    return (constant + (index << 80n) + (BigInt(arrivedAtSec) << 36n)).toString()
  }
}

/** The parts of a sequence number, or undefined for any other text. */
export function parseSequenceNumber(text: string): SequenceNumberParts | undefined {
  if (!/^[1-9]\d{55}$/.test(text)) return undefined
  const [, openedAtSec, recordIndex, arrivedAtSec, shardIndex] = layout.exec(BigInt(text).toString(16)) ?? []
  if (openedAtSec === undefined || recordIndex === undefined) return undefined
  if (arrivedAtSec === undefined || shardIndex === undefined) return undefined
  return {
    openedAtSec: Number.parseInt(openedAtSec, 16),
    shardIndex: Number.parseInt(shardIndex, 16),
    recordIndex: Math.min(Number.parseInt(recordIndex, 16), closedIndex),
    arrivedAtSec: Number.parseInt(arrivedAtSec, 16),
  }
}
