import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { finished, TestLab } from '../support/lab.ts'

/** When the command is hit: while services start, and while posts are on their way. */
const moments = [
  { moment: 'start the services', afterMs: 1_500 },
  { moment: 'emulate', afterMs: 700 },
]

test.each(moments.flatMap((moment) => (['SIGINT', 'SIGKILL'] as const).map((signal) => ({ ...moment, signal }))))(
  '$signal of up during "$moment" leaves no process',
  async ({ moment, afterMs, signal }) => {
    await using lab = await TestLab.create(9_800)
    const up = lab.spawn(['up', '--posts', '20000'])
    const result = finished(up)
    await new Promise<void>((resolve) => {
      up.stderr.on('data', (text: string) => {
        if (text.includes(moment)) resolve()
      })
    })
    await delay(afterMs)
    up.kill(signal)
    const { code } = await result
    expect(code).toBe(signal === 'SIGINT' ? 130 : null)
    const deadline = performance.now() + 20_000
    while ((await lab.processes()).length > 0 && performance.now() < deadline) await delay(200)
    expect(await lab.processes()).toEqual([])
  },
)

test('an interrupted run of the emulator is resumed by the same command, and counts right', async () => {
  await using lab = await TestLab.create(9_800)
  expect((await lab.run(['up', '--posts', '0'])).code).toBe(0)
  const emulator = lab.spawn(['emulate', '--posts', '1500'])
  const killed = finished(emulator)
  await delay(1_500)
  emulator.kill('SIGKILL')
  await killed
  expect((await lab.run(['emulate', '--posts', '1500'])).code).toBe(0)
  expect(await lab.json(['verify'])).toMatchObject({ ok: true, counts: { posts: 1_500 } })
})
