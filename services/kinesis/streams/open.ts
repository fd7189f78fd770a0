import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../../contract/errors.ts'
import type { Logger } from '../../runtime/log.ts'
import { isErrno, replaceFile } from './files.ts'
import { iteratorKeyBytes, IteratorTokens } from './iterator-token.ts'
import { OpenSegments } from './open-segments.ts'
import { Refusals } from './refusals.ts'
import { StoredStream } from './stored-stream.ts'
import { StreamStore } from './stream-store.ts'
import type { Streams } from './streams.ts'

export interface StreamsOptions {
  /** Made if it is not there; belongs to one process at a time. */
  readonly dataDir: string
  /** 12 digits. */
  readonly accountId: string
  readonly fsync: 'always' | 'never'
  readonly enforceShardLimits: boolean
  readonly log: Logger
  /** How long CREATING, UPDATING and DELETING show; 0, the default: as long as the change itself takes. */
  readonly transitionMs?: number
  /** Size from which on a shard's file is finished and the next begun; what a start reads of each shard at most. 8 MiB by default. */
  readonly segmentBytes?: number
  /** Between two deletions of expired records, a minute by default; reads pass over them at once. */
  readonly sweepIntervalMs?: number
  /** Epoch milliseconds. */
  readonly now?: () => number
}

/**
 * Opens the streams kept in a folder.
 * @throws LabError LAB_STATE_BROKEN when what is stored there is damaged, but for the end of a shard's last file, which an interrupted
 * write leaves and which is cut off.
 */
export async function openStreams(options: StreamsOptions): Promise<Streams> {
  const { transitionMs = 0, segmentBytes = 8_388_608, sweepIntervalMs = 60_000, now = Date.now } = options
  const folder = join(options.dataDir, 'streams')
  await mkdir(folder, { recursive: true })
  const tokens = new IteratorTokens(await iteratorKey(join(options.dataDir, 'iterator.key')))
  const refusals = new Refusals(options.accountId)
  const openSegments = new OpenSegments()
  const context = {
    ...options,
    folder,
    openSegments,
    tokens,
    refusals,
    transitionMs,
    segmentBytes,
    sweepIntervalMs,
    now,
  }
  const streams: StoredStream[] = []
  for (const name of await readdir(folder)) {
    const stream = await StoredStream.load(join(folder, name), context)
    if (stream === undefined) options.log.info({ folder: name }, 'removed what was left of a stream')
    else streams.push(stream)
  }
  const store = new StreamStore(context, streams)
  await store.expire()
  return store
}

/** Kept, so that iterators outlive a restart. */
async function iteratorKey(path: string): Promise<Buffer> {
  try {
    const key = await readFile(path)
    if (key.length === iteratorKeyBytes) return key
    throw new LabError('LAB_STATE_BROKEN', {
      what: `The key of shard iterators in ${path} cannot be used`,
      why: `it has ${String(key.length)} bytes instead of ${String(iteratorKeyBytes)}`,
      fix: 'Delete the file: iterators given out so far become invalid, nothing else is lost',
    })
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error
    const key = randomBytes(iteratorKeyBytes)
    await replaceFile(path, key, 0o600)
    return key
  }
}
