import { randomBytes } from 'node:crypto'
import {
  CreateStreamCommand,
  DeleteStreamCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  kinesisClient,
  ListShardsCommand,
  type KinesisClient,
} from '../../clients/kinesis.ts'
import { addressesOf, LabError } from '../../contract/index.ts'
import { kinesisOptionsOf } from '../context.ts'
import { untilActive } from '../engines/native/provision/streams.ts'
import { type PitfallSite } from './pitfall.ts'

export interface ScratchStream extends AsyncDisposable {
  readonly name: string
  /** `PUT <invoke URL>/streams/<name>/<resource>`, the body as it stands. @throws LabError LAB_SERVICE_FAILED unless the answer is 200 */
  readonly put: (resource: 'record' | 'records', body: string, invokeUrl?: string) => Promise<PutAnswer>
  /** Data of every record as text, by shard. */
  readonly read: () => Promise<ReadonlyMap<string, readonly string[]>>
}

export interface PutAnswer {
  readonly FailedRecordCount?: number
  readonly Records?: readonly { readonly ErrorCode?: string; readonly ShardId?: string }[]
}

/** A stream of the running lab's Kinesis that goes with its disposal. */
export async function scratchStream(site: PitfallSite, pitfall: string, shards = 1): Promise<ScratchStream> {
  const { lab, signal } = site
  const name = `pitfall-${pitfall}-${randomBytes(3).toString('hex')}`
  const client = kinesisClient(kinesisOptionsOf(lab))
  try {
    await client.send(new CreateStreamCommand({ StreamName: name, ShardCount: shards }), { abortSignal: signal })
    await untilActive(client, name, signal)
  } catch (error) {
    client.destroy()
    throw error
  }
  const { invokeUrl: frontDoor } = addressesOf(lab.profile)
  return {
    name,
    put: async (resource, body, invokeUrl = frontDoor) => {
      const answer = await fetch(`${invokeUrl}/streams/${name}/${resource}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body,
        signal,
      })
      const text = await answer.text()
      if (answer.status !== 200) throw refused(resource, answer.status, text)
      return JSON.parse(text) as PutAnswer
    },
    read: async () => {
      const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName: name }), { abortSignal: signal })
      const texts = new Map<string, string[]>()
      for (const { ShardId = '' } of Shards) texts.set(ShardId, await shardTexts(client, name, ShardId, signal))
      return texts
    },
    [Symbol.asyncDispose]: async () => {
      await client.send(new DeleteStreamCommand({ StreamName: name }))
      client.destroy()
    },
  }
}

const refused = (resource: string, status: number, text: string): LabError =>
  new LabError('LAB_SERVICE_FAILED', {
    what: `PUT …/${resource} was answered ${String(status)}`,
    why: text,
    fix: 'the pitfalls need a gateway with the base64 template (make up PUT_RECORD_TEMPLATE=base64); "lab logs gateway" says more',
  })

async function shardTexts(
  client: KinesisClient,
  stream: string,
  shard: string,
  signal: AbortSignal,
): Promise<string[]> {
  const place = { StreamName: stream, ShardId: shard, ShardIteratorType: 'TRIM_HORIZON' } as const
  const { ShardIterator } = await client.send(new GetShardIteratorCommand(place), { abortSignal: signal })
  const { Records = [] } = await client.send(new GetRecordsCommand({ ShardIterator }), { abortSignal: signal })
  return Records.map(({ Data }) => Buffer.from(Data ?? []).toString('utf8'))
}
