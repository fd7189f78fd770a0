import { setTimeout as delay } from 'node:timers/promises'
import {
  DescribeStreamSummaryCommand,
  kinesisClient,
  ListStreamsCommand,
  type KinesisClient,
} from '../../clients/kinesis.ts'
import { LabError } from '../../contract/index.ts'
import { readStreams, type Positions, type StreamRecord } from '../../analytics/verify/stream/read-stream.ts'
import { kinesisOptionsOf, requireServices, runningLab, type CommandContext } from '../context.ts'
import { answer, answerJson, note } from '../output.ts'
import { textTable } from '../tables.ts'

interface StreamRow {
  stream: string
  status: string
  shards: number
  /** What the stream holds now, counted by reading it. */
  records: number
  bytes: number
}

const patient = { maxAttempts: 10 } as const // throttled reads come back: the stream job reads the same shards

export async function streams(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const lab = await runningLab(context)
  await requireServices(lab, ['kinesis'])
  const client = kinesisClient({ ...kinesisOptionsOf(lab), ...patient })
  try {
    const rows = await Promise.all(
      (await streamNamesOf(client, context.signal)).map(async (name) => rowOf(client, name, context.signal)),
    )
    if (options.json) answerJson(rows)
    else
      answer(
        textTable(
          ['stream', 'status', 'shards', 'records', 'bytes'],
          rows.map(({ stream, status, shards, records, bytes }) => [stream, status, shards, records, bytes]),
        ),
      )
  } finally {
    client.destroy()
  }
  return 0
}

async function streamNamesOf(client: KinesisClient, signal: AbortSignal): Promise<string[]> {
  const names: string[] = []
  let more = true
  while (more) {
    const page = await client.send(new ListStreamsCommand({ ExclusiveStartStreamName: names.at(-1) }), {
      abortSignal: signal,
    })
    names.push(...(page.StreamNames ?? []))
    more = page.HasMoreStreams ?? false
  }
  return names
}

async function rowOf(client: KinesisClient, stream: string, signal: AbortSignal): Promise<StreamRow> {
  const { StreamDescriptionSummary: summary } = await client.send(
    new DescribeStreamSummaryCommand({ StreamName: stream }),
    { abortSignal: signal },
  )
  const row = {
    stream,
    status: summary?.StreamStatus ?? '',
    shards: summary?.OpenShardCount ?? 0,
    records: 0,
    bytes: 0,
  }
  const count = (_: string, records: readonly StreamRecord[]): void => {
    row.records += records.length
    for (const { data } of records) row.bytes += data.length
  }
  await readStreams(client, [stream], new Map(), count, signal)
  return row
}

interface TailOptions {
  readonly fromBeginning?: boolean
  readonly max?: number
  readonly json?: boolean
}

const pollMs = 1_000

/** Prints each record's data on a line of its own, until `--max` records or Ctrl-C; says on stderr how many there were. */
export async function streamsTail(context: CommandContext, options: TailOptions, name: string): Promise<number> {
  const lab = await runningLab(context)
  await requireServices(lab, ['kinesis'])
  const { signal } = context
  const client = kinesisClient({ ...kinesisOptionsOf(lab), ...patient })
  let printed = 0
  const isDone = (): boolean => printed === options.max
  const print = (_: string, records: readonly StreamRecord[]): void => {
    for (const record of records) {
      if (isDone()) return
      answer(options.json ? JSON.stringify(described(record)) : record.data.toString('utf8'))
      printed += 1
    }
  }
  try {
    const known = await streamNamesOf(client, signal)
    if (!known.includes(name)) throw unknownStream(name, known)
    const positions: Positions = new Map()
    if (!options.fromBeginning) await readStreams(client, [name], positions, () => undefined, signal)
    while (!signal.aborted) {
      await readStreams(client, [name], positions, print, signal)
      if (isDone()) break
      await delay(pollMs, undefined, { signal })
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    client.destroy()
  }
  note(`${String(printed)} records`)
  return 0
}

const described = ({ shardId, sequenceNumber, arrivedAt, partitionKey, data }: StreamRecord): object => ({
  shardId,
  sequenceNumber,
  arrivedAt,
  partitionKey,
  data: data.toString('utf8'),
})

const unknownStream = (name: string, known: readonly string[]): LabError =>
  new LabError('LAB_USAGE', {
    what: `there is no stream "${name}"`,
    why: `Kinesis has ${known.join(', ')}`,
    fix: 'name one of these; "npx lab streams" lists them',
  })
