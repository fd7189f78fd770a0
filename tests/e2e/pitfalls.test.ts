import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pitfalls } from '../../lab/pitfalls/registry.ts'
import { TestLab } from '../support/lab.ts'

interface Shown {
  holds: boolean
  cause: string
  wrong: { rows: unknown[][] }
  mended: { rows: unknown[][] }
}

describe('a pitfall shows the wrong result, its cause and the mended one', () => {
  let lab: TestLab

  beforeAll(async () => {
    lab = await TestLab.create(11_300)
    expect((await lab.run(['up', '--posts', '0'])).code).toBe(0)
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
  })

  test.each(pitfalls.map(({ name }) => name))('%s', async (name) => {
    const shown = await lab.json<Shown>(['pitfall', 'run', name])
    expect(shown).toMatchObject({ holds: true })
    expect(shown.wrong.rows).not.toEqual(shown.mended.rows)
  })

  test('none leaves a stream behind; an unknown name is answered with those there are', async () => {
    expect((await lab.json<{ stream: string }[]>(['streams'])).map(({ stream }) => stream)).toEqual(
      ['geo', 'pin', 'user'].map((entity) => `streaming-a1b2c3d4e5f6-${entity}`),
    )
    expect(await lab.run(['pitfall', 'run', 'nothing'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('json-in-json') as string,
    })
  })

  test.each([[['streams']], [['pitfall', 'run', 'json-in-json']]])(
    '%j names a service that it needs and that was stopped, at once',
    async (args) => {
      expect((await lab.run(['stop', 'kinesis'])).code).toBe(0)
      expect(await lab.run(args)).toMatchObject({
        code: 5,
        stderr: expect.stringContaining('lab start kinesis') as string,
      })
    },
  )
})
