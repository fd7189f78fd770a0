import { expect, it } from 'vitest'
import { GroupCommit } from '../../../services/kinesis/streams/group-commit.ts'

/** Writes that end when the test says so. */
function aWriter() {
  const writes: { readonly entries: readonly string[]; readonly end: (error?: Error) => void }[] = []
  const commits = new GroupCommit<string>(({ entries }) => {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>()
    const end = (error?: Error): void => {
      if (error === undefined) resolve(undefined)
      else reject(error)
    }
    writes.push({ entries, end })
    return promise
  })
  const put = (text: string): Promise<unknown> => {
    const { stored } = commits.add(text, text.length)
    commits.flush()
    return stored
  }
  return { commits, writes, put }
}

it('writes what came during a write together in the next one', async () => {
  const { writes, put } = aWriter()
  const first = put('a')
  const others = [put('b'), put('c')]
  expect(writes.map(({ entries }) => entries)).toEqual([['a']])
  writes[0]!.end()
  expect(await first).toBeUndefined()
  await expect.poll(() => writes.length).toBe(2)
  expect(writes[1]!.entries).toEqual(['b', 'c'])
  writes[1]!.end()
  expect(await Promise.all(others)).toEqual([undefined, undefined])
})

it('tells the records of a write that failed, and goes on with the next', async () => {
  const { writes, put } = aWriter()
  const [first, second] = [put('a'), put('b')]
  const error = new Error('no room')
  writes[0]!.end(error)
  expect(await first).toBe(error)
  await expect.poll(() => writes.length).toBe(2)
  writes[1]!.end()
  expect(await second).toBeUndefined()
})

it('runs a task between the writes before and after it, also when the task fails', async () => {
  const { commits, writes, put } = aWriter()
  void put('a')
  const task = commits.exclusive(() => Promise.reject(new Error(`after ${String(writes.length)}`)))
  const last = put('b')
  writes[0]!.end()
  await expect(task).rejects.toThrow('after 1')
  await expect.poll(() => writes.length).toBe(2)
  writes[1]!.end()
  expect(await last).toBeUndefined()
})

it('closes a group at 4 MiB', async () => {
  const { writes, put, commits } = aWriter()
  void put('a')
  const large = 'x'.repeat(3_000_000)
  const stored = [commits.add(large, large.length).stored, commits.add(large, large.length).stored]
  writes[0]!.end()
  await expect.poll(() => writes.length).toBe(2)
  expect(writes[1]!.entries).toHaveLength(1)
  writes[1]!.end()
  await expect.poll(() => writes.length).toBe(3)
  writes[2]!.end()
  expect(await Promise.all(stored)).toEqual([undefined, undefined])
})
