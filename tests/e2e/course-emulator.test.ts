import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { TestLab } from '../support/lab.ts'

const run = promisify(execFile)
const course = join(import.meta.dirname, 'course')
const posts = 20

test("a student's own emulator posts into the lab after import-project, without a change to its scripts", async () => {
  await using lab = await TestLab.create(3_300)
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-course-'))
  try {
    await lab.json(['up', '--posts', '0'])
    await cp(course, folder, { recursive: true })
    const python = await pythonIn(join(folder, 'venv'))
    await expect(lab.json(['import-project', folder])).resolves.toMatchObject({
      written: { 'db_creds.yaml': 'written', 'config.py': 'written' },
    })

    for (const script of ['user_posting_emulation.py', 'user_posting_emulation_streaming.py']) {
      const env = { ...process.env, NUMBER_OF_POSTS: String(posts), SLEEP: '0' }
      const { stdout } = await run(python, [script], { cwd: folder, env })
      expect(stdout.match(/^(pin|geo|user): 200$/gm), stdout).toHaveLength(3 * posts)
    }
    const topics = await lab.json<{ topic: string; records: number }[]>(['topics'])
    const streams = await lab.json<{ stream: string; records: number }[]>(['streams'])
    for (const entity of ['pin', 'geo', 'user']) {
      expect(topics).toContainEqual(expect.objectContaining({ topic: `a1b2c3d4e5f6.${entity}`, records: posts }))
      expect(streams).toContainEqual(
        expect.objectContaining({ stream: `streaming-a1b2c3d4e5f6-${entity}`, records: posts }),
      )
    }

    const config = join(folder, 'config.py')
    await writeFile(config, '# my own\n')
    await expect(lab.json(['import-project', folder])).resolves.toMatchObject({
      written: { 'db_creds.yaml': 'kept', 'config.py': 'kept' },
    })
    expect(await readFile(config, 'utf8')).toBe('# my own\n')
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** An environment of the student's: what the scripts import, checked against the lock. */
async function pythonIn(venv: string): Promise<string> {
  await run('python3', ['-m', 'venv', venv])
  const python = join(venv, 'bin', 'python')
  const lock = join(course, 'requirements.lock')
  await run(python, [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--no-deps',
    '--require-hashes',
    '--only-binary',
    ':all:',
    '-r',
    lock,
  ])
  return python
}
