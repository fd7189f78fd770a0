import { entityNames, type EntityName, type PathName } from '../contract/index.ts'
import { cut } from './cut.ts'
import { type Pacer } from './pacer.ts'
import { type PostPath } from './paths.ts'
import { type RunProgress } from './progress.ts'
import { type Emission } from './rows.ts'
import { type Source, type SourcePost } from './source.ts'
import { type OutgoingRecord } from './verdict.ts'

export interface PostRequest {
  readonly path: PathName
  readonly entity: EntityName
  readonly records: readonly OutgoingRecord[]
}

export interface RequestsOptions {
  readonly emissions: Iterable<Emission>
  readonly source: Pick<Source, 'read'>
  /** What is acknowledged already and not sent again. */
  readonly progress: Progress
  /** Those that every post takes. */
  readonly paths: ReadonlyMap<PathName, Pick<PostPath, 'shape'>>
  /** Most records of a request; they are of as many consecutive posts. */
  readonly batchRecords: number
  readonly pacer: Pacer
  /** Whether each post is preceded by its emission's pause. */
  readonly sleeps: boolean
  /** No post begins after it aborts; posts that have begun are still given out whole. */
  readonly stop: AbortSignal
  readonly onPost?: (post: SourcePost) => void
}

type Progress = Pick<RunProgress, 'isComplete' | 'isMissing'>

/** Posts of one read: large enough that a read costs little, small enough to hold two of them. */
const postsPerRead = 256

interface NextPost {
  readonly emission: Emission
  readonly post: SourcePost
}

/** The requests of a run in order: the posts' moments are waited for here, so whoever takes them sets no pace of its own. */
export async function* requestsOf(options: RequestsOptions): AsyncGenerator<PostRequest> {
  let chunk: NextPost[] = []
  for await (const next of paced(options)) {
    chunk.push(next)
    if (chunk.length < options.batchRecords) continue
    yield* requestsOfChunk(chunk, options)
    chunk = []
  }
  yield* requestsOfChunk(chunk, options)
}

/** Each post at its moment; none after a stop. */
async function* paced(options: RequestsOptions): AsyncGenerator<NextPost> {
  const { pacer, sleeps, stop, onPost } = options
  for await (const posts of readAhead(options)) {
    for (const next of posts) {
      if (!(await pacer.next(stop, sleeps ? next.emission.sleepSeconds * 1_000 : 0))) return
      onPost?.(next.post)
      yield next
    }
  }
}

function* requestsOfChunk(
  chunk: readonly NextPost[],
  { progress, paths }: Pick<RequestsOptions, 'progress' | 'paths'>,
): Generator<PostRequest> {
  for (const entity of entityNames) {
    const records = chunk.map(({ emission: { emission }, post }) => ({
      emission,
      ind: post.ind[entity],
      json: JSON.stringify(post.rows[entity]),
    }))
    for (const [path, { shape }] of paths) {
      const missing = records.filter(({ emission }) => progress.isMissing({ emission, path, entity }))
      for (const part of cut(missing, shape)) yield { path, entity, records: part }
    }
  }
}

/** The posts still to be sent, read in portions; the next portion is being read while one is used. */
async function* readAhead({ emissions, progress, source, stop }: RequestsOptions): AsyncGenerator<NextPost[]> {
  const portions = portionsOf(emissions, progress)
  const start = () => {
    const { value: portion } = portions.next()
    return portion && settled(read(source, portion))
  }
  for (let next = start(); next && !stop.aborted;) {
    const outcome = await next
    if ('error' in outcome) throw outcome.error
    next = start()
    yield outcome.value
  }
}

function* portionsOf(emissions: Iterable<Emission>, progress: Progress): Generator<Emission[], undefined> {
  let portion: Emission[] = []
  for (const emission of emissions) {
    if (progress.isComplete(emission.emission)) continue
    portion.push(emission)
    if (portion.length < postsPerRead) continue
    yield portion
    portion = []
  }
  if (portion.length > 0) yield portion
}

async function read(source: Pick<Source, 'read'>, portion: readonly Emission[]): Promise<NextPost[]> {
  const posts = await source.read(portion.map(({ row }) => row))
  return portion.flatMap((emission) => {
    const post = posts.get(emission.row)
    return post ? [{ emission, post }] : []
  })
}

/** A promise that may be left alone for a while: its failure waits for whoever asks. */
async function settled<T>(promise: Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await promise }
  } catch (error) {
    return { error }
  }
}
