import { type PinRow, type UserRow } from '../../contract/index.ts'
import { blockOf, categoryBlocks } from '../domains/categories.ts'
import { Posters } from '../generator/account.ts'
import { followerShares, trailingBlankShare } from '../generator/layout.ts'
import { gapsOf } from '../generator/markers.ts'
import { makeFollowers, makePin } from '../generator/pin.ts'
import { Random, streams } from '../generator/random.ts'
import { type IndSet } from './ind-set.ts'

/**
 * Makes the pins that an import lacks: one for each user row, with the same ind. The range of inds is cut into section 2's blocks
 * of categories, and user rows with equal values are one account with one poster and one follower count.
 * @returns to be called once for each user row; it holds one entry an account in memory
 */
export function pinGenerator(inds: IndSet, seed: number): (user: UserRow) => PinRow {
  const { min, max } = inds.range
  const blocks = categoryBlocks(max - min + 1)
  const posters = new Posters(seed)
  const accounts = new Map<string, number>()
  const accountOf = ({ first_name, last_name, age, date_joined }: UserRow): number => {
    const key = [first_name, last_name, age, date_joined].join('\0')
    const account = accounts.get(key) ?? accounts.size
    accounts.set(key, account)
    return account
  }
  return (user) => {
    const { ind } = user
    const account = accountOf(user)
    const random = new Random(seed, streams.followers, account)
    const followerKind = kindAt(random.unit())
    return makePin({
      seed,
      ind,
      category: blockOf(blocks, ind - min).category,
      gaps: gapsOf(new Random(seed, streams.lots, ind).unit()),
      poster: {
        name: posters.nameOf(account),
        hasTrailingBlank: random.chance(trailingBlankShare),
        followers: makeFollowers(random, followerKind),
      },
    }).row
  }
}

function kindAt(position: number): number {
  const [plain = 0, thousands = 0] = followerShares
  return position < plain ? 0 : position < plain + thousands ? 1 : 2
}
