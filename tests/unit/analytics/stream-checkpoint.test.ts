import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { committedPositions, readCheckpoint } from '../../../analytics/verify/stream/checkpoint.ts'
import { folderStorage } from './delta-tables.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-checkpoint-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

/** A checkpoint as Spark 4.2 writes it. */
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, 'stream', name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
}

const offsets = (sequenceNumber: string): string =>
  `v1\n{"batchWatermarkMs":0,"batchTimestampMs":1795571120613,"conf":{}}\n{"shardId-000000000000": "${sequenceNumber}", "shardId-000000000001": ""}`

test('a stream without a checkpoint has none, and no positions', async () => {
  using storage = folderStorage(folder)
  expect(await readCheckpoint(storage, 'stream')).toBeUndefined()
  expect(await committedPositions(storage, 'stream')).toEqual({})
})

test('the newest ended batch says how far Delta is, not the newest planned one; batches are numbers, not texts', async () => {
  await write({
    metadata: '{"id":"0a-query"}',
    'offsets/9': offsets('111'),
    'offsets/10': offsets('222'),
    'offsets/11': offsets('333'),
    'offsets/.11.crc': 'x',
    'commits/9': 'v1\n{}',
    'commits/10': 'v1\n{}',
  })
  using storage = folderStorage(folder)
  expect(await readCheckpoint(storage, 'stream')).toEqual({ queryId: '0a-query', planned: 11, committed: 10 })
  expect(await committedPositions(storage, 'stream')).toEqual({
    'shardId-000000000000': '222',
    'shardId-000000000001': '',
  })
})
