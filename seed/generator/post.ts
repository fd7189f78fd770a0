import { type DatasetRow } from '../../contract/index.ts'
import { blockOf, categoryBlocks, type CategoryBlock } from '../domains/categories.ts'
import { makeAccount, Posters, type Account } from './account.ts'
import { Layout } from './layout.ts'
import { gapsOf } from './markers.ts'
import { Permutation } from './permutation.ts'
import { makeFollowers, makePin } from './pin.ts'
import { Random, streams } from './random.ts'
import { dateTimeText, secondsOf } from './time.ts'

/** First and last post of the course's geolocation_data. */
const postedFrom = secondsOf('2017-10-19 15:13:42')
const postedTo = secondsOf('2022-10-19 17:54:26')

/** Makes any post of one data set by itself: constant time and memory at every size. */
export class PostMaker {
  readonly #seed: number
  readonly #size: number
  readonly #blocks: readonly CategoryBlock[]
  readonly #layout: Layout
  readonly #lots: Permutation
  readonly #posters: Posters

  constructor(seed: number, size: number) {
    this.#seed = seed
    this.#size = size
    this.#blocks = categoryBlocks(size)
    this.#layout = new Layout(seed, size, this.#blocks)
    this.#lots = new Permutation(size, seed, streams.lots)
    this.#posters = new Posters(seed)
  }

  post(ind: number): DatasetRow {
    return { ind, pin: this.pin(ind), geo: this.geo(ind), user: this.user(ind) }
  }

  pin(ind: number): DatasetRow['pin'] {
    const { account, followerKind, hasTrailingBlank } = this.#layout.accountOf(ind)
    return makePin({
      seed: this.#seed,
      ind,
      category: blockOf(this.#blocks, ind).category,
      gaps: gapsOf((this.#lots.forward(ind) + 0.5) / this.#size),
      poster: {
        name: this.#posters.nameOf(account),
        hasTrailingBlank,
        followers: makeFollowers(new Random(this.#seed, streams.followers, account), followerKind),
      },
    })
  }

  geo(ind: number): DatasetRow['geo'] {
    const { country, latitude, longitude, joinedAt } = this.#accountOf(ind)
    // nobody posts before they joined; only the last joining day reaches into the time of the posts
    const from = Math.max(postedFrom, joinedAt + 1)
    const posted = from + new Random(this.#seed, streams.timestamp, ind).below(postedTo - from + 1)
    const timestamp = dateTimeText(posted)
    return {
      row: { ind, timestamp, latitude, longitude, country },
      clean: { ind, country, coordinates: [latitude, longitude], timestamp },
    }
  }

  user(ind: number): DatasetRow['user'] {
    const { firstName, lastName, age, joinedAt } = this.#accountOf(ind)
    const joined = dateTimeText(joinedAt)
    return {
      row: { ind, first_name: firstName, last_name: lastName, age, date_joined: joined },
      clean: { ind, user_name: `${firstName} ${lastName}`, age, date_joined: joined },
    }
  }

  #accountOf(ind: number): Account {
    const { account, posts } = this.#layout.accountOf(ind)
    return makeAccount(this.#seed, account, posts)
  }
}
