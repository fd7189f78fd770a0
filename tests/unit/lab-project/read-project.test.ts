import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readProject } from '../../../lab/project/read-project.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-project-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

test('reads what may hold addresses, below folders too, and no environment', async () => {
  await mkdir(join(folder, 'venv'))
  await mkdir(join(folder, 'jobs'))
  for (const path of ['a.py', 'notes.txt', 'venv/b.py', 'jobs/c.sql']) await writeFile(join(folder, path), 'x')
  const { files } = await readProject(folder)
  expect(files.map(({ path }) => path)).toEqual(['a.py', 'jobs/c.sql'])
})

test('names a file that is too large and leaves it out', async () => {
  await writeFile(join(folder, 'big.json'), 'x'.repeat(4 * 1_048_576 + 1))
  expect(await readProject(folder)).toEqual({ files: [], tooLarge: ['big.json'] })
})

test('refuses a folder that is missing, that is a file, or that holds nothing to look at', async () => {
  const path = join(folder, 'readme.txt')
  await writeFile(path, 'x')
  await expect(readProject(join(folder, 'absent'))).rejects.toThrow('there is no folder')
  await expect(readProject(path)).rejects.toThrow('is no folder')
  await expect(readProject(folder)).rejects.toThrow('holds nothing to look at')
})
