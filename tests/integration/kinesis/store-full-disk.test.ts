import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestStore, texts } from './store-harness.ts'

/** A disk of 2 MiB of the test's own; undefined where this user may not mount one. */
async function smallDisk(): Promise<(AsyncDisposable & { readonly path: string }) | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'pinlab-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path], { stdio: 'ignore' })
  } catch (error) {
    await rm(path, { recursive: true })
    if (error instanceof Error) return undefined
    throw error
  }
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      execFileSync('umount', [path])
      await rm(path, { recursive: true })
    },
  }
}

test.for(['never', 'always'] as const)(
  'on a full disk puts fail one by one, and go on once there is room, with fsync %s',
  async (fsync, context) => {
    await using disk = await smallDisk()
    if (!disk) {
      context.skip('needs the right to mount a tmpfs')
      return
    }
    await using store = await TestStore.open({ dataDir: disk.path, segmentBytes: 100_000, fsync })
    await store.streams.create('s', 1)
    await store.streams.create('other', 1)
    const acknowledged: string[] = []
    const refused: string[] = []
    /** Batches of several sizes, so that the disk fills within one. */
    const put = async (from: number, count: number): Promise<void> => {
      const made = Array.from(
        { length: count },
        (_, at) => `${String(from + at)} ${'x'.repeat(((from + at) * 379) % 9_000)}`,
      )
      const outcomes = await store.streams.put(
        's',
        made.map((text) => ({ data: Buffer.from(text), partitionKey: 'k', explicitHashKey: undefined })),
      )
      outcomes.forEach((outcome, at) => {
        if (!('error' in outcome)) acknowledged.push(made[at]!)
        else refused.push(made[at]!)
        if ('error' in outcome)
          expect(outcome).toMatchObject({ error: 'InternalFailure', message: 'Internal service failure.' })
      })
    }
    for (let batch = 0; batch < 60; batch += 1) await put(batch * 20, 1 + (batch % 20))
    expect(refused.length).toBeGreaterThan(10)
    expect(acknowledged.length).toBeGreaterThan(100)
    expect(texts(await store.readAll('s'))).toEqual(acknowledged)
    const failures = store.logged.filter(({ msg }) => msg === 'records cannot be stored')
    expect(failures.length).toBeGreaterThan(0)

    await store.reopen()
    expect(texts(await store.readAll('s'))).toEqual(acknowledged)

    const filler = join(disk.path, 'filler')
    spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1K'])
    await expect(store.streams.create('third', 1)).rejects.toMatchObject({ name: 'InternalFailure' })
    await expect(store.streams.setShardCount('s', 2)).rejects.toMatchObject({ name: 'InternalFailure' })
    expect(store.streams.describe('s')).toMatchObject({
      status: 'ACTIVE',
      shards: [{ shardId: 'shardId-000000000000' }],
    })
    await store.streams.delete('other')
    expect((await readdir(join(disk.path, 'streams'))).filter((name) => name.startsWith('other'))).toEqual([])
    await rm(filler)
    const before = acknowledged.length
    execFileSync('mount', ['-o', 'remount,size=8m', disk.path])
    await store.streams.create('third', 1)
    await put(10_000, 50)
    expect(acknowledged.length).toBe(before + 50)
    await store.reopen()
    expect(texts(await store.readAll('s'))).toEqual(acknowledged)
  },
)
