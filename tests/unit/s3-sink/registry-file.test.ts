import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RegistryFile } from '../../../services/s3-sink/connect/registry-file.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-registry-'))
})
afterEach(async () => rm(folder, { recursive: true }))

it('gives back what it kept, and leaves no partial file', async () => {
  const kept = {
    a: { config: { name: 'a' }, target: 'PAUSED' as const },
    '../../b': { config: {}, target: 'RUNNING' as const },
  }
  await new RegistryFile(folder).save(kept)
  expect(await new RegistryFile(folder).load()).toEqual(kept)
  expect(await readdir(folder)).toEqual(['connectors.json'])
})

it('is empty at first, in a folder that is not there yet', async () => {
  expect(await new RegistryFile(join(folder, 'new')).load()).toEqual({})
})

it('keeps the earlier state when a save was cut off', async () => {
  const file = new RegistryFile(folder)
  await file.save({ a: { config: {}, target: 'RUNNING' } })
  await writeFile(join(folder, 'connectors.json.partial'), '{"a":')
  expect(Object.keys(await file.load())).toEqual(['a'])
})

it.each(['', '{', '[]', '{"a":1}'])('names a broken file (%j)', async (text) => {
  await writeFile(join(folder, 'connectors.json'), text)
  await expect(new RegistryFile(folder).load()).rejects.toMatchObject({ code: 'LAB_STATE_BROKEN' })
})
