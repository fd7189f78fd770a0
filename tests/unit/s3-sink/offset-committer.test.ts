import { expect, it } from 'vitest'
import { OffsetCommitter, type TopicPartitionOffset } from '../../../services/s3-sink/write/offset-committer.ts'
import { settled } from './fixtures.ts'

function aCommitter(commit: (offsets: TopicPartitionOffset[]) => Promise<void>) {
  const ending = new AbortController()
  const errors: unknown[] = []
  const committer = new OffsetCommitter({
    ...{ commit, intervalMs: 1, signal: ending.signal },
    onError: (error) => errors.push(error),
  })
  return { committer, ending, errors }
}

it('commits the newest offset of each partition, one commit at a time', async () => {
  const commits: string[][] = []
  const first = Promise.withResolvers<undefined>()
  const { committer } = aCommitter(async (offsets) => {
    commits.push(offsets.map(({ topic, partition, offset }) => `${topic}-${String(partition)}@${offset}`))
    if (commits.length === 1) await first.promise
  })
  committer.add('t', 0, 1n)
  await settled()
  for (const offset of [2n, 3n]) committer.add('t', 0, offset)
  committer.add('t', 1, 9n)
  await settled()
  expect(commits).toEqual([['t-0@1']])
  first.resolve(undefined)
  await committer.flushed()
  expect(commits).toEqual([['t-0@1'], ['t-0@3', 't-1@9']])
})

it('tries again what was not committed, unless a newer offset came', async () => {
  const commits: string[] = []
  const { committer, errors } = aCommitter(async (offsets) => {
    commits.push(...offsets.map(({ offset }) => offset))
    if (commits.length === 1) {
      committer.add('t', 0, 2n)
      throw new Error('not the coordinator')
    }
    await Promise.resolve()
  })
  committer.add('t', 0, 1n)
  await committer.flushed()
  expect(commits).toEqual(['1', '2'])
  expect(errors).toHaveLength(1)
})

it('gives up when its assignment ends', async () => {
  const { committer, ending } = aCommitter(() => Promise.reject(new Error('no brokers')))
  committer.add('t', 0, 1n)
  await settled()
  ending.abort()
  await committer.flushed()
})
