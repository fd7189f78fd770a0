import { courseSize } from '../domains/categories.ts'

/** [posts of an account, accounts with that many], largest first: counted in the course's user_data, 5,307 accounts in all. */
const courseAccountSizes: readonly (readonly [posts: number, accounts: number])[] = [
  [244, 1],
  [140, 1],
  [88, 2],
  [86, 2],
  [81, 1],
  [68, 1],
  [60, 1],
  [54, 1],
  [53, 1],
  [49, 1],
  [47, 1],
  [45, 2],
  [44, 1],
  [38, 1],
  [36, 1],
  [35, 3],
  [32, 1],
  [31, 1],
  [30, 1],
  [28, 3],
  [26, 1],
  [24, 4],
  [23, 1],
  [21, 3],
  [20, 3],
  [19, 5],
  [18, 7],
  [17, 1],
  [16, 5],
  [15, 6],
  [14, 8],
  [13, 8],
  [12, 9],
  [11, 11],
  [10, 25],
  [9, 22],
  [8, 35],
  [7, 36],
  [6, 65],
  [5, 88],
  [4, 156],
  [3, 272],
  [2, 640],
  [1, 3869],
]

const courseSizes = courseAccountSizes.flatMap(([posts, accounts]) => Array<number>(accounts).fill(posts))

/** Accounts of the course's data set. */
export const courseAccounts = courseSizes.length

/**
 * Posts of each account, largest first, for `posts` posts in all, at most the course's number: as many accounts in proportion,
 * with the course's distribution of posts. The sum is exactly `posts`.
 */
export function accountSizes(posts: number): number[] {
  const accounts = Math.max(1, Math.round((posts * courseAccounts) / courseSize))
  const sizes = Array.from(
    { length: accounts },
    (_, rank) => courseSizes[Math.floor(((rank + 0.5) * courseAccounts) / accounts)] ?? 1,
  )
  let missing = posts - sizes.reduce((sum, size) => sum + size, 0)
  // rounding is made good by the accounts with most posts, where one post more or less matters least
  for (let rank = 0; missing !== 0; rank = (rank + 1) % accounts) {
    const size = sizes[rank] ?? 1
    if (missing > 0) {
      sizes[rank] = size + 1
      missing -= 1
    } else if (size > 1) {
      sizes[rank] = size - 1
      missing += 1
    }
  }
  return sizes.sort((a, b) => b - a)
}

/**
 * Gives each account one of the kinds so that the kinds' shares of all *posts* come out as asked, however skewed the sizes.
 * @param sizes posts of each account, largest first
 * @param shares of each kind; they sum to 1
 * @returns the kind (index into `shares`) of each account
 */
export function apportion(sizes: readonly number[], shares: readonly number[]): Uint8Array {
  const counts = shares.map(() => 0)
  let total = 0
  return Uint8Array.from(sizes, (size) => {
    total += size
    const lacks = shares.map((share, kind) => share * total - (counts[kind] ?? 0))
    const kind = lacks.indexOf(Math.max(...lacks))
    counts[kind] = (counts[kind] ?? 0) + size
    return kind
  })
}
