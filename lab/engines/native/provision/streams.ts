import { setTimeout as delay } from 'node:timers/promises'
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  kinesisClient,
  ResourceInUseException,
  type KinesisClient,
  type KinesisClientOptions,
} from '../../../../clients/kinesis.ts'
import { streamNames, type Profile } from '../../../../contract/index.ts'

const pollMs = 50

/** The pipeline's three streams, active. One that is there keeps its shards, whatever the profile says. */
export async function ensureStreams(
  options: KinesisClientOptions,
  profile: Pick<Profile, 'userId' | 'kinesis'>,
  signal: AbortSignal,
): Promise<void> {
  const client = kinesisClient(options)
  try {
    await Promise.all(
      streamNames(profile.userId).map(async (name) => {
        await create(client, name, profile.kinesis.shards, signal)
        await untilActive(client, name, signal)
      }),
    )
  } finally {
    client.destroy()
  }
}

async function create(client: KinesisClient, name: string, shards: number, signal: AbortSignal): Promise<void> {
  try {
    await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }), { abortSignal: signal })
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error
  }
}

export async function untilActive(client: KinesisClient, name: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName: name }), { abortSignal: signal })
    if (answer.StreamDescriptionSummary?.StreamStatus === 'ACTIVE') return
    await delay(pollMs, undefined, { signal })
  }
}
