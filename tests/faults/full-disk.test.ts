import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { TestLab } from '../support/lab.ts'

const diskMiB = 900

/** A small disk of the test's own; undefined where this user may not mount one. */
async function smallDisk(): Promise<(AsyncDisposable & { readonly path: string }) | undefined> {
  const path = await mkdtemp(join(tmpdir(), 'pinlab-disk-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${String(diskMiB)}m`, 'tmpfs', path], { stdio: 'ignore' })
  } catch (error) {
    await rm(path, { recursive: true })
    if (error instanceof Error) return undefined
    throw error
  }
  return {
    path,
    [Symbol.asyncDispose]: async () => {
      execFileSync('umount', [path])
      await rm(path, { recursive: true, force: true })
    },
  }
}

test('a full disk stops the posts with three lines; once there is space again, nothing acknowledged is missing', async (context) => {
  await using disk = await smallDisk()
  if (!disk) {
    context.skip('needs the right to mount a tmpfs')
    return
  }
  const home = join(disk.path, 'lab')
  await using lab = await TestLab.create(10_400, home)
  expect(await lab.json(['up', '--posts', '60'])).toMatchObject({ ok: true })

  const filler = join(disk.path, 'filler')
  // dd ends with exit code 1 at the first write that finds no space, which is the point
  expect(spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64K']).status).toBe(1)
  const emulated = await lab.run(['emulate', '--posts', '400', '--fresh'])
  expect(emulated.stderr).toMatch(/^error LAB_\w+: .+\n {2}why: .+\n {2}fix: .+$/m)
  expect([3, 4]).toContain(emulated.code)

  await rm(filler)
  const again = await lab.run(['up', '--posts', '0', '--json'])
  expect(again.code, again.stderr + again.stdout).toBe(0)
  const emulatedAgain = await lab.run(['emulate', '--posts', '400'])
  expect(emulatedAgain.code, emulatedAgain.stderr).toBe(0)
  expect(await lab.json(['verify'])).toMatchObject({ ok: true })
})
