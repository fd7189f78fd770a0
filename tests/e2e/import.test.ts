import { existsSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { TestLab } from '../support/lab.ts'

/** Real input: the course's own tables, beside the project where it is developed; never part of it. */
const courseTables = resolve(import.meta.dirname, '..', '..', '..', 'shared', 'data', 'course')

describe.skipIf(!existsSync(courseTables))(
  'seed import with the course tables (skipped where they are not beside the project)',
  () => {
    test('on a stopped lab it holds for the next start, which verifies', async () => {
      await using lab = await TestLab.create(9_900)
      expect((await lab.run(['seed', 'import', courseTables])).code).toBe(0)
      const summary = await lab.json<{ ok: boolean; posts: number }>(['up', '--posts', '200'])
      expect(summary).toMatchObject({ ok: true, posts: 200 })
      expect(await lab.json(['seed', 'show'])).toMatchObject({ kind: 'imported', size: 11_154 })
      // row 7528 is the first post of the course's sequence; its country stands in the imported file
      const geo = await readFile(join(courseTables, 'geolocation_data.csv'), 'utf8')
      const line = geo.split('\n').find((text) => text.split(',')[1] === '7528')!
      const consumed = await lab.run(['consume', 'a1b2c3d4e5f6.geo', '--from-beginning', '--max', '200'])
      expect(consumed.stdout).toContain(`"country":"${line.trim().split(',').at(-1)!}"`)
    })

    test('on a running lab it holds at once; a faulty file changes nothing and is named by line', async () => {
      await using lab = await TestLab.create(9_900)
      await lab.json(['up', '--posts', '20'])
      const folder = await mkdtemp(join(tmpdir(), 'pinlab-import-'))
      try {
        await cp(courseTables, folder, { recursive: true })
        const path = join(folder, 'user_data.csv')
        const lines = (await readFile(path, 'utf8')).split('\n')
        lines[41] = lines[41]!.replace(/,(\d+),(\d{4}-)/, ',forty,$2')
        await writeFile(path, lines.join('\n'))
        const faulty = await lab.run(['seed', 'import', folder])
        expect(faulty.code).toBe(2)
        expect(faulty.stderr).toMatch(/error LAB_IMPORT_INVALID: /)
        expect(faulty.stderr).toMatch(/user_data\.csv.*42/)
        expect(await lab.json(['seed', 'show'])).toMatchObject({ kind: 'generated' })
      } finally {
        await rm(folder, { recursive: true })
      }
      expect((await lab.run(['seed', 'import', courseTables])).code).toBe(0)
      expect(await lab.json(['seed', 'show'])).toMatchObject({ kind: 'imported' })
      expect((await lab.run(['emulate', '--posts', '20'])).code).toBe(0)
      expect(await lab.json(['verify'])).toMatchObject({ ok: true })
    })
  },
)
