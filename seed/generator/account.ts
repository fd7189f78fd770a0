import { countries } from '../domains/countries.ts'
import { firstNames } from '../domains/first-names.ts'
import { lastNames } from '../domains/last-names.ts'
import { textAt } from '../domains/weighted.ts'
import { Permutation } from './permutation.ts'
import { Random, streams } from './random.ts'
import { secondsOf } from './time.ts'

/** What every post of one account shares. */
export interface Account {
  readonly firstName: string
  readonly lastName: string
  readonly age: number
  /** Seconds since 1970, UTC. */
  readonly joinedAt: number
  readonly country: string
  /** Degrees, 6 significant digits: what a FLOAT column holds and prints without loss. */
  readonly latitude: number
  readonly longitude: number
}

const youngest = 20
const oldest = 60
/** First and last joining date of the course's user_data. */
const joinedFrom = secondsOf('2015-10-21 03:17:47')
const joinedTo = secondsOf('2017-10-20 10:44:26')

const degrees = (limit: number, position: number): number => Number((limit * (2 * position - 1)).toPrecision(6))

/**
 * The course's accounts look as if a person had been drawn for each post and the columns' minima kept, which gives the skew of
 * PIPELINE_FACTS section 2: the more posts, the nearer to Albania, Aaron, age 20 and 2015.
 */
export function makeAccount(seed: number, account: number, posts: number): Account {
  const random = new Random(seed, streams.account, account)
  return {
    firstName: textAt(firstNames, random.minimum(posts)),
    lastName: textAt(lastNames, random.minimum(posts)),
    age: youngest + Math.floor(random.minimum(posts) * (oldest - youngest + 1)),
    joinedAt: joinedFrom + Math.floor(random.minimum(posts) * (joinedTo - joinedFrom + 1)),
    country: textAt(countries, random.minimum(posts)),
    latitude: degrees(90, random.minimum(posts)),
    longitude: degrees(180, random.minimum(posts)),
  }
}

/** Each wraps a first and a last name so that no two of them can give the same text. */
const posterStyles: readonly ((first: string, last: string) => string)[] = [
  (first, last) => `${first} ${last}`,
  (first, last) => `${last} & ${first}`,
  (first, last) => `The ${first} ${last} Blog`,
  (first, last) => `${first} ${last} | Ideas`,
  (first, last) => `${first}${last}Studio`,
  (first, last) => `Casa ${first} ${last} ✨`,
  (first, last) => `${first}'s "${last}" Diary`,
  (first, last) => `${first} ${last} – Décor`,
]

const posterNames = firstNames.texts.length * lastNames.texts.length * posterStyles.length

/** Gives each account number a poster name of its own: a permutation of all 5,520,000 names, numbered once they are used up. */
export class Posters {
  readonly #order: Permutation

  constructor(seed: number) {
    this.#order = new Permutation(posterNames, seed, streams.posters)
  }

  nameOf(account: number): string {
    const round = Math.floor(account / posterNames)
    const name = this.#nameAt(this.#order.forward(account % posterNames))
    return round === 0 ? name : `${name} ${String(round + 1)}`
  }

  #nameAt(position: number): string {
    const style = posterStyles[position % posterStyles.length]
    const pair = Math.floor(position / posterStyles.length)
    const first = firstNames.texts[pair % firstNames.texts.length]
    const last = lastNames.texts[Math.floor(pair / firstNames.texts.length)]
    if (style === undefined || first === undefined || last === undefined)
      throw new RangeError(`there is no poster name ${String(position)}`)
    return style(first, last)
  }
}
