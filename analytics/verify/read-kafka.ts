import { topicNames, type Profile } from '../../contract/index.ts'
import { entitiesByTopic } from '../duckdb/answers.ts'
import { deadLetterOf, deadLetterTopic, type DeadLetter } from './dead-letters.ts'
import { partitionRanges, readLog, withAdmin } from './kafka-log.ts'
import { lagsOf, type Lag } from './landing.ts'
import { LogIndex, PartitionLog } from './log-index.ts'

/** The three topics and the dead letters as one reading found them. */
export interface ReadLog {
  readonly index: LogIndex
  readonly lags: readonly Lag[]
  readonly letters: readonly (DeadLetter | undefined)[]
}

export async function readKafka(profile: Profile, brokers: readonly string[], signal: AbortSignal): Promise<ReadLog> {
  const deadTopic = deadLetterTopic(profile.userId)
  // committed offsets before the dead letters' end: what the sink has passed then is in the one or the other
  const { ranges, lags, deadRanges } = await withAdmin(brokers, async (admin) => {
    const topicRanges = await partitionRanges(admin, topicNames(profile.userId))
    return {
      ranges: topicRanges,
      lags: await lagsOf(admin, `connect-${profile.s3Sink.connectorName}`, topicRanges),
      deadRanges: await partitionRanges(admin, [deadTopic]),
    }
  })
  const entityOf = entitiesByTopic(profile.userId)
  const partitions = ranges.flatMap((range) => {
    const entity = entityOf.get(range.topic)
    return entity === undefined ? [] : [new PartitionLog(entity, range)]
  })
  const index = new LogIndex(partitions)
  const letters: (DeadLetter | undefined)[] = []
  await readLog(
    brokers,
    [...ranges, ...deadRanges],
    (topic, partition, message) => {
      if (topic === deadTopic) letters.push(deadLetterOf(message))
      else index.partition(topic, partition)?.add(message)
    },
    signal,
  )
  for (const letter of letters)
    if (letter) index.partition(letter.topic, letter.partition)?.deadLettered.add(letter.offset)
  return { index, lags, letters }
}

/** End offsets of now, by `<topic> <partition>`. */
export async function endsNow(profile: Profile, brokers: readonly string[]): Promise<Map<string, bigint>> {
  const ranges = await withAdmin(brokers, async (admin) => partitionRanges(admin, topicNames(profile.userId)))
  return new Map(ranges.map(({ topic, partition, end }) => [`${topic} ${String(partition)}`, end]))
}
