import { blockOf, courseSize, type CategoryBlock } from '../domains/categories.ts'
import { accountSizes, apportion, courseAccounts } from './account-sizes.ts'
import { Permutation } from './permutation.ts'
import { keyOf, Random, streams } from './random.ts'

/** Share of posts that trade their account with a post anywhere: about half of the larger accounts then keep to one category. */
const wanderShare = 0.12

/** Shares of `437`, `124k` and `6M` among posts whose follower count is known (PIPELINE_FACTS section 2). */
export const followerShares = [0.165 / 0.991, 0.754 / 0.991, 0.072 / 0.991]
export const trailingBlankShare = 0.02

/** Which account owns which posts, and what must be shared out by posts rather than by accounts. */
export interface AccountOfPost {
  readonly account: number
  /** Posts of the account in this data set. */
  readonly posts: number
  /** 0: plain number, 1: thousands, 2: millions. */
  readonly followerKind: number
  readonly hasTrailingBlank: boolean
}

/** A page is one course's worth of posts; accounts never reach over its end, so a page's table serves any number of pages. */
interface Page {
  /** Account within the page of each slot; an account's slots are contiguous. */
  readonly accountOfSlot: Uint16Array
  readonly sizes: Uint16Array
  readonly followerKinds: Uint8Array
  readonly trailingBlanks: Uint8Array
}

function makePage(posts: number, seed: number): Page {
  const sizes = accountSizes(posts)
  const order = Array.from(sizes.keys())
  const random = new Random(seed, streams.accountOrder, posts)
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1)
    ;[order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0]
  }
  const accountOfSlot = new Uint16Array(posts)
  let slot = 0
  for (const account of order) {
    const end = slot + (sizes[account] ?? 0)
    accountOfSlot.fill(account, slot, end)
    slot = end
  }
  return {
    accountOfSlot,
    sizes: Uint16Array.from(sizes),
    followerKinds: apportion(sizes, followerShares),
    trailingBlanks: apportion(sizes, [1 - trailingBlankShare, trailingBlankShare]),
  }
}

/** Maps a post to its account in constant time and memory, whatever the size of the data set. */
export class Layout {
  readonly #seed: number
  readonly #size: number
  readonly #blocks: readonly CategoryBlock[]
  readonly #wander: Permutation
  readonly #withinBlock: ReadonlyMap<CategoryBlock, Permutation>
  readonly #fullPage: Page
  readonly #lastPage: Page

  constructor(seed: number, size: number, blocks: readonly CategoryBlock[]) {
    this.#seed = seed
    this.#size = size
    this.#blocks = blocks
    this.#wander = new Permutation(size, seed, streams.wander)
    this.#withinBlock = new Map(
      blocks.map((block, id) => [block, new Permutation(block.end - block.start, seed, streams.blocks, id)]),
    )
    const rest = size % courseSize
    this.#fullPage = makePage(Math.min(size, courseSize), seed)
    this.#lastPage = rest === 0 || size < courseSize ? this.#fullPage : makePage(rest, seed)
  }

  accountOf(ind: number): AccountOfPost {
    const slot = this.#slotOf(this.#partnerOf(ind))
    const number = Math.floor(slot / courseSize)
    const page = (number + 1) * courseSize <= this.#size ? this.#fullPage : this.#lastPage
    const local = page.accountOfSlot[slot % courseSize] ?? 0
    return {
      account: number * courseAccounts + local,
      posts: page.sizes[local] ?? 1,
      followerKind: page.followerKinds[local] ?? 1,
      hasTrailingBlank: page.trailingBlanks[local] === 1,
    }
  }

  /** Pairs the posts at random; a few pairs trade places. Trading twice is no trade, so this stays one to one. */
  #partnerOf(ind: number): number {
    const position = this.#wander.forward(ind)
    const partner = position ^ 1
    const trades = keyOf(this.#seed, streams.wanderPairs, position >>> 1) < wanderShare * 2 ** 32
    return trades && partner < this.#size ? this.#wander.inverse(partner) : ind
  }

  #slotOf(ind: number): number {
    const block = blockOf(this.#blocks, ind)
    return block.start + (this.#withinBlock.get(block)?.forward(ind - block.start) ?? 0)
  }
}
