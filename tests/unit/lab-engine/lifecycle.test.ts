import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  afterCrash,
  nextState,
  restartPolicy,
  serviceEvents,
  serviceStates,
  transitions,
} from '../../../lab/lifecycle.ts'

describe('the state table of a service', () => {
  it.each([
    ['stopped', 'start', 'starting'],
    ['starting', 'answered', 'ready'],
    ['starting', 'exited', 'backing-off'],
    ['starting', 'gaveUp', 'failed'],
    ['starting', 'stop', 'stopping'],
    ['ready', 'exited', 'backing-off'],
    ['ready', 'gaveUp', 'failed'],
    ['ready', 'start', 'ready'],
    ['ready', 'stop', 'stopping'],
    ['backing-off', 'retry', 'starting'],
    ['backing-off', 'gaveUp', 'failed'],
    ['backing-off', 'stop', 'stopping'],
    ['stopping', 'exited', 'stopped'],
    ['stopping', 'answered', 'stopping'],
    ['failed', 'start', 'starting'],
    ['failed', 'stop', 'stopped'],
  ] as const)('%s + %s -> %s', (state, event, next) => {
    expect(nextState(state, event)).toBe(next)
  })

  test('has an answer for every event in every state', () => {
    for (const state of serviceStates) {
      expect(Object.keys(transitions[state]).sort()).toEqual([...serviceEvents].sort())
      for (const event of serviceEvents) expect(serviceStates).toContain(nextState(state, event))
    }
  })

  const events = fc.array(fc.constantFrom(...serviceEvents), { maxLength: 40 })

  test('only a good answer while it starts makes a service ready', () => {
    fc.assert(
      fc.property(events, (happened) => {
        let state: (typeof serviceStates)[number] = 'stopped'
        for (const event of happened) {
          const next = nextState(state, event)
          if (next === 'ready' && state !== 'ready') expect([state, event]).toEqual(['starting', 'answered'])
          state = next
        }
      }),
    )
  })

  test('whatever happened, a stop and the end of the process lead to stopped', () => {
    fc.assert(
      fc.property(events, (happened) => {
        const all = [...happened, 'stop' as const, 'exited' as const]
        const state = all.reduce<(typeof serviceStates)[number]>(nextState, 'stopped')
        expect(state).toBe('stopped')
      }),
    )
  })

  test('no event but start and retry brings a stopped or failed service back', () => {
    for (const state of ['stopped', 'failed'] as const) {
      for (const event of serviceEvents.filter((name) => name !== 'start')) {
        expect(['stopped', 'failed']).toContain(nextState(state, event))
      }
    }
  })
})

describe('what follows a crash', () => {
  it.each([
    { crashes: 1, backOffMs: 200 },
    { crashes: 2, backOffMs: 400 },
    { crashes: 5, backOffMs: 3_200 },
    { crashes: 6, backOffMs: 5_000 },
    { crashes: 7, backOffMs: 5_000 },
  ])('crash $crashes of a service that was ready waits $backOffMs ms', ({ crashes, backOffMs }) => {
    const crashesMs = Array.from({ length: crashes }, (_, at) => at)
    expect(afterCrash({ crashesMs, nowMs: crashes, wasReady: true })).toEqual({ giveUp: false, backOffMs })
  })

  test('the eighth crash within a minute ends it', () => {
    const crashesMs = Array.from({ length: 8 }, (_, at) => at * 8_000)
    expect(afterCrash({ crashesMs, nowMs: 56_000, wasReady: true })).toEqual({ giveUp: true })
    expect(afterCrash({ crashesMs, nowMs: 60_001, wasReady: true })).toEqual({ giveUp: false, backOffMs: 5_000 })
  })

  test('a service that never answered is left alone at the third crash', () => {
    expect(afterCrash({ crashesMs: [0, 1], nowMs: 2, wasReady: false })).toEqual({ giveUp: false, backOffMs: 400 })
    expect(afterCrash({ crashesMs: [0, 1, 2], nowMs: 3, wasReady: false })).toEqual({ giveUp: true })
  })

  test('the back-off stays within its bounds and crashes of long ago do not count', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(200_000), { minLength: 1, maxLength: 50 }), fc.boolean(), (times, wasReady) => {
        const crashesMs = times.toSorted((a, b) => a - b)
        const nowMs = crashesMs.at(-1)!
        const next = afterCrash({ crashesMs, nowMs, wasReady })
        const recent = crashesMs.filter((at) => nowMs - at < restartPolicy.windowMs)
        expect(afterCrash({ crashesMs: recent, nowMs, wasReady })).toEqual(next)
        if (next.giveUp) return
        expect(next.backOffMs).toBeGreaterThanOrEqual(restartPolicy.firstBackOffMs)
        expect(next.backOffMs).toBeLessThanOrEqual(restartPolicy.maxBackOffMs)
      }),
    )
  })
})
