import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { finished, TestLab } from '../support/lab.ts'

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

test('a full disk is named; posts under way are finished once there is space, and nothing acknowledged is missing', async (context) => {
  await using disk = await smallDisk()
  if (!disk) {
    context.skip('needs the right to mount a tmpfs')
    return
  }
  await using lab = await TestLab.create(10_400, { home: join(disk.path, 'lab') })
  expect(await lab.json(['up', '--posts', '60'])).toMatchObject({ ok: true })

  const filler = join(disk.path, 'filler')
  // dd ends with exit code 1 at the first write that finds no space, which is the point
  expect(spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64K']).status).toBe(1)
  const refused = await lab.run(['up', '--posts', '0'])
  expect(refused.stderr).toMatch(/^error LAB_PREREQUISITE_MISSING: .*disk.*\n {2}why: .+\n {2}fix: .+$/m)
  expect(refused.code).toBe(3)

  const emulated = finished(lab.spawn(['emulate', '--posts', '400', '--fresh']))
  await delay(8_000)
  await rm(filler)
  await everyServiceReady(lab)
  const { code, stderr } = await emulated
  if (code !== 0) {
    // it met the full disk itself, at its ledger: then the same command goes on where this one stopped
    expect(stderr).toMatch(/^error LAB_DISK_FULL: .+\n {2}why: .+\n {2}fix: .+$/m)
    expect(await lab.run(['emulate', '--posts', '400'])).toMatchObject({ code: 0 })
  }
  expect(await lab.json(['verify'])).toMatchObject({ ok: true, counts: { posts: 460 } })
})

/** Starts what was given up while nothing could be written. */
async function everyServiceReady(lab: TestLab): Promise<void> {
  const deadline = performance.now() + 60_000
  while (performance.now() < deadline) {
    const waiting = (await lab.services()).filter(({ state }) => state !== 'ready')
    if (waiting.length === 0) return
    for (const { name } of waiting.filter(({ state }) => state === 'failed')) await lab.run(['start', name])
    await delay(500)
  }
  throw new Error('not every service came back within 60 s')
}
