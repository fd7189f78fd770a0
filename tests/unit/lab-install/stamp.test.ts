import { appendFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { firstChanged, isCurrent, writeManifest, writeStamp } from '../../../lab/install/stamp.ts'
import { type Tool } from '../../../lab/install/tool.ts'
import { temporaryFolder } from './folder.ts'

const aTool = (changes: Partial<Tool> = {}): Tool => ({
  name: 'Tool 1',
  folder: 'tool',
  source: 'maven',
  pin: 'abc',
  downloadBytes: 0,
  landmarks: [{ path: 'bin/tool', bytes: 4 }, { path: 'share' }],
  boundTo: (folder) => Promise.resolve(folder),
  install: () => Promise.reject(new Error('not in this test')),
  ...changes,
})

async function installed(folder: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true })
  await mkdir(join(folder, 'share'))
  await writeFile(join(folder, 'bin', 'tool'), 'tool')
  await writeManifest(folder)
}

describe('an installed tool', () => {
  it('is current only once its stamp, the last step, is written', async () => {
    await using folder = await temporaryFolder()
    await installed(folder.path)
    expect(await isCurrent(aTool(), folder.path)).toBe(false)
    await writeStamp(aTool(), folder.path)
    expect(await isCurrent(aTool(), folder.path)).toBe(true)
  })

  it.each([
    { what: 'its pins changed', tool: aTool({ pin: 'abd' }), harm: () => Promise.resolve() },
    {
      what: 'what it is bound to changed',
      tool: aTool({ boundTo: () => Promise.resolve('elsewhere') }),
      harm: () => Promise.resolve(),
    },
    {
      what: 'a landmark is gone',
      tool: aTool(),
      harm: (folder: string) => rm(join(folder, 'share'), { recursive: true }),
    },
    {
      what: 'a landmark has another size',
      tool: aTool(),
      harm: (folder: string) => appendFile(join(folder, 'bin/tool'), '!'),
    },
    {
      what: 'its stamp was cut',
      tool: aTool(),
      harm: (folder: string) => writeFile(join(folder, '.lab-stamp.json'), '{"pi'),
    },
    { what: 'it is gone', tool: aTool(), harm: (folder: string) => rm(folder, { recursive: true }) },
  ])('is to be installed again when $what', async ({ tool, harm }) => {
    await using folder = await temporaryFolder()
    await installed(folder.path)
    await writeStamp(aTool(), folder.path)
    await harm(folder.path)
    expect(await isCurrent(tool, folder.path)).toBe(false)
  })

  it('shows a changed byte to the deep check only', async () => {
    await using folder = await temporaryFolder()
    await installed(folder.path)
    await writeStamp(aTool(), folder.path)
    expect(await firstChanged(folder.path)).toBeUndefined()
    await writeFile(join(folder.path, 'bin', 'tool'), 'tOol')
    expect(await isCurrent(aTool(), folder.path)).toBe(true)
    expect(await firstChanged(folder.path)).toBe('bin/tool')
  })
})
