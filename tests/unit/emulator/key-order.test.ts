import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { KeyOrder } from '../../../emulator/key-order.ts'

describe('work with keys', () => {
  test('in common goes one after the other in the order it came, the rest at once', async () => {
    const keys = fc.array(fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }), {
      maxLength: 20,
    })
    await fc.assert(
      fc.asyncProperty(keys, fc.infiniteStream(fc.nat(4)), async (works, turns: Iterator<number, number>) => {
        const order = new KeyOrder()
        const running = new Set<number>()
        const begun: number[] = []
        const shares = (a: number, b: number): boolean => works[a]!.some((key) => works[b]!.includes(key))
        await Promise.all(
          works.map((keys, i) =>
            order.run(new Set(keys), async () => {
              expect([...running].filter((other) => shares(i, other))).toEqual([])
              expect(begun.filter((other) => other > i && shares(i, other))).toEqual([])
              running.add(i)
              begun.push(i)
              for (let left = turns.next().value; left > 0; left -= 1) await turn()
              running.delete(i)
            }),
          ),
        )
        expect(begun).toHaveLength(works.length)
      }),
    )
  })

  test('does not wait where nothing is in common', async () => {
    const order = new KeyOrder()
    const { promise: forever } = Promise.withResolvers<undefined>()
    void order.run(new Set(['a']), () => forever)
    let isDone = false
    await order.run(new Set(['b']), () => {
      isDone = true
      return Promise.resolve()
    })
    expect(isDone).toBe(true)
  })

  test('behind one that failed never begins, and fails with it', async () => {
    const order = new KeyOrder()
    const begun: string[] = []
    const work = (name: string, error?: Error) => async () => {
      begun.push(name)
      await turn()
      if (error) throw error
    }
    const refusal = new Error('refused')
    const outcomes = await Promise.allSettled([
      order.run(new Set(['a']), work('first', refusal)),
      order.run(new Set(['a', 'b']), work('second')),
      order.run(new Set(['b']), work('third')),
      order.run(new Set(['c']), work('other')),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'fulfilled'])
    await expect(order.run(new Set(['a']), work('late'))).rejects.toBe(refusal)
    expect(begun).toEqual(['first', 'other'])
  })
})
