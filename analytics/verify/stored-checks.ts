import { createHash } from 'node:crypto'
import { type BatchAcknowledgement, type EntityName } from '../../contract/index.ts'
import { type ListedObject, type StoredObject } from '../objects.ts'
import { CheckBuilder, type Check } from './check.ts'
import { type DeadLetter } from './dead-letters.ts'
import { type Lag } from './landing.ts'
import { type LogIndex, type PartitionLog } from './log-index.ts'
import { lineDigest } from './record-value.ts'

const named = (topic: string, partition: number, offset: bigint | number): string =>
  `${topic}-${String(partition)}@${String(offset)}`

/** What the ledger named, gathered while it is checked. */
export class Acknowledged {
  acknowledgements = 0
  /** Posts, as run and emission. */
  readonly posts = new Set<string>()
  readonly inds = { pin: new Set<number>(), geo: new Set<number>(), user: new Set<number>() }
}

/** Acknowledged means kept: every batch line of the ledger stands in Kafka, with its ind. */
export async function checkAcknowledged(
  acknowledgements: AsyncIterable<BatchAcknowledgement>,
  index: LogIndex,
  counted: Acknowledged,
): Promise<Check> {
  const check = new CheckBuilder('acknowledged-in-kafka')
  check.count('acknowledgements', 0)
  for await (const { run, emission, ind, entity, topic, partition, offset } of acknowledgements) {
    check.count('acknowledgements')
    counted.acknowledgements++
    counted.posts.add(`${run} ${String(emission)}`)
    counted.inds[entity].add(ind)
    const log = index.partition(topic, partition)
    const at = BigInt(offset)
    const place = named(topic, partition, offset)
    if (!log?.has(at)) check.fault('missing', () => `${place}: acknowledged (${entity} ${String(ind)}), not in Kafka`)
    else if (log.entity !== entity || log.kind(at) !== 'row' || log.ind(at) !== ind) {
      check.fault('other', () => `${place}: ${entity} ${String(ind)} was acknowledged, Kafka holds another record`)
    }
  }
  return check.done({
    passed: 'every acknowledged record stands in Kafka at the place that was acknowledged',
    failed: 'acknowledged records are not in Kafka: they were lost, or Kafka was emptied and the ledger kept',
  })
}

/** Checks each object as it is read, and how the objects together cover the log. */
export class StoredObjects {
  readonly lines: Record<EntityName, number> = { pin: 0, geo: 0, user: 0 }
  objects = 0
  /** Lines of records that Kafka's retention has dropped: nothing is left to compare them with. */
  expiredLines = 0
  readonly #index: LogIndex
  readonly #bytes = new CheckBuilder('bytes-equal')
  readonly #keys = new CheckBuilder('object-keys')
  readonly #doubled = new CheckBuilder('no-offset-twice')
  /** Lines at offsets that the log did not hold when it was read: they may have come since. */
  readonly #beyond: {
    readonly topic: string
    readonly partition: number
    readonly offset: bigint
    readonly key: string
  }[] = []

  constructor(index: LogIndex, listed: readonly ListedObject[]) {
    this.#index = index
    this.#bytes.count('lines', 0)
    this.#keys.count('objects', listed.length)
    for (const { key, name } of listed) {
      if (!name) this.#keys.fault('unknownKeys', () => `${key}: the sink writes no such key`)
      else if (!index.partition(name.topic, name.partition)) {
        this.#keys.fault('unknownPartitions', () => `${key}: the topic has no partition ${String(name.partition)}`)
      }
    }
  }

  /**
   * @returns what of the object the log vouches for, to be cleaned; `offsets` are its lines' own where they are not simply those
   * from the start offset on. Undefined when the log holds none of it (any more, or yet).
   */
  take(object: StoredObject): { object: StoredObject; offsets: bigint[] } | undefined {
    const { topic, partition, startOffset } = object.name
    this.objects++
    this.#checkEtag(object)
    const log = this.#index.partition(topic, partition)
    if (!log) return undefined
    const lines = linesOf(object.body)
    if (startOffset < log.range.start) {
      this.expiredLines += lines.length
      return undefined
    }
    const offsets = log.writableFrom(startOffset, lines.length)
    if (offsets[0] !== startOffset && startOffset < log.range.end) {
      this.#keys.fault('unknownOffsets', () => `${object.key}: Kafka has no record for a file to begin at there`)
    }
    lines.forEach((line, place) => {
      const offset = offsets[place]
      if (offset === undefined) {
        this.#beyond.push({ topic, partition, offset: startOffset + BigInt(place), key: object.key })
      } else this.#checkLine(log, offset, line, `${object.key} line ${String(place + 1)}`)
    })
    if (offsets.length === 0) return undefined
    this.lines[log.entity] += offsets.length
    const known = offsets.length === lines.length ? object.body : Buffer.from(lines.slice(0, offsets.length).join('\n'))
    const isContiguous = offsets.at(-1) === startOffset + BigInt(offsets.length - 1)
    return { object: { ...object, body: known }, offsets: isContiguous ? [] : offsets }
  }

  /** @param ends the partitions' end offsets, taken after the objects were read */
  checks(ends: ReadonlyMap<string, bigint>, lags: readonly Lag[], flushSizeRecords: number): Check[] {
    for (const { topic, partition, offset, key } of this.#beyond) {
      if (offset < (ends.get(`${topic} ${String(partition)}`) ?? 0n)) this.#doubled.count('arrivedSince')
      else this.#doubled.fault('beyondTheLog', () => `${named(topic, partition, offset)}: in ${key}, not in Kafka`)
    }
    return [this.#coverage(), gaps(this.#index, lags, flushSizeRecords), this.#bytesCheck(), this.#keysCheck()]
  }

  #checkEtag({ key, etag, body }: StoredObject): void {
    if (etag.includes('-')) this.#keys.count('multipart')
    else if (createHash('md5').update(body).digest('hex') !== etag) {
      this.#keys.fault('etagDiffers', () => `${key}: ETag ${etag} is not the MD5 of its content`)
    }
  }

  #checkLine(log: PartitionLog, offset: bigint, line: string, where: string): void {
    log.markStored(offset)
    this.#bytes.count('lines')
    const place = named(log.range.topic, log.range.partition, offset)
    if (log.kind(offset) === 'not JSON') {
      // Jackson takes more for JSON than this check does, such as leading zeros; the line itself must be JSON
      if (lineDigest(line) === undefined) this.#bytes.fault('differing', () => `${place}: ${where} is not JSON`)
      else this.#bytes.count('notComparable')
    } else if (lineDigest(line) !== log.valueDigest(offset)) {
      this.#bytes.fault('differing', () => `${place}: ${where} differs from the record: ${line.slice(0, 120)}`)
    }
  }

  #coverage(): Check {
    this.#doubled.count('offsets', 0)
    for (const log of this.#index.partitions) {
      for (const offset of log.offsets()) {
        const times = log.timesStored(offset)
        if (times > 0) this.#doubled.count('offsets')
        if (times > 1) {
          this.#doubled.fault(
            'doubled',
            () => `${named(log.range.topic, log.range.partition, offset)}: ${String(times)} times`,
          )
        }
      }
    }
    return this.#doubled.done({
      passed: 'no record stands twice in S3, and none that Kafka does not hold',
      failed: 'a record stands twice in S3, or one that Kafka never held: an object was copied, or has lines too many',
    })
  }

  #bytesCheck(): Check {
    return this.#bytes.done({
      passed: 'every line holds what its Kafka record holds, in the form the connector writes it',
      failed: 'a line differs from its Kafka record: the object was changed, or its lines do not belong to its offsets',
    })
  }

  #keysCheck(): Check {
    return this.#keys.done({
      passed: 'every object has a key and an ETag that the sink would give it',
      failed: 'there are objects that the sink did not write so: Spark would read them all the same',
    })
  }
}

/** Everything the log holds is in S3, in the dead letter topic, or in a file not yet full. */
function gaps(index: LogIndex, lags: readonly Lag[], flushSizeRecords: number): Check {
  const check = new CheckBuilder('no-gap')
  for (const name of ['offsets', 'stored', 'deadLettered', 'nullValues', 'openTail']) check.count(name, 0)
  for (const log of index.partitions) {
    const { topic, partition } = log.range
    const committed = lags.find((lag) => lag.topic === topic && lag.partition === partition)?.committed ?? log.range.end
    const tail: bigint[] = []
    for (const offset of log.offsets()) {
      const kind = log.kind(offset)
      if (kind === 'absent') continue
      check.count('offsets')
      if (log.timesStored(offset) > 0) check.count('stored')
      else if (log.deadLettered.has(offset)) check.count('deadLettered')
      else if (kind === 'null') check.count('nullValues')
      else if (offset >= committed) tail.push(offset)
      else check.fault('missing', () => `${named(topic, partition, offset)}: not in S3, though the sink has passed it`)
    }
    if (tail.length < flushSizeRecords) check.count('openTail', tail.length)
    else for (const offset of tail) check.fault('notLanded', () => `${named(topic, partition, offset)}: not in S3 yet`)
  }
  return check.done({
    passed: 'every Kafka record is in S3, in the dead letter topic, or in a file that is not full yet',
    failed:
      'Kafka holds records that S3 does not: an object was deleted or shortened, or the sink has not landed them yet',
  })
}

/** A dead letter is a record of the log that cannot be written, and is in S3 at no other place. */
export function checkDeadLetters(
  letters: readonly (DeadLetter | undefined)[],
  index: LogIndex,
  check: CheckBuilder,
): void {
  check.count('deadLetters', letters.length)
  for (const letter of letters) {
    if (!letter) {
      check.count('deadLettersWithoutHeaders')
      continue
    }
    const { topic, partition, offset, stage } = letter
    const log = index.partition(topic, partition)
    if (!log || offset < log.range.start) check.count('deadLettersOfOtherLogs')
    else if (log.has(offset) && log.kind(offset) === 'row' && stage === 'VALUE_CONVERTER') {
      check.fault(
        'deadLettersThatAreRows',
        () => `${named(topic, partition, offset)}: a good row was dead-lettered: ${letter.reason}`,
      )
    } else if (log.has(offset)) check.count(`dead: ${log.kind(offset)}`)
  }
}

function linesOf(body: Buffer): string[] {
  if (body.length === 0) return []
  const text = body.toString('utf8', 0, body.at(-1) === 0x0a ? body.length - 1 : body.length)
  return text.split('\n')
}
