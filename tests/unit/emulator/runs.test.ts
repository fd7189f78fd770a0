import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { describe, expect, test } from 'vitest'
import { holdRun, type RunParameters } from '../../../emulator/runs.ts'
import { temporaryLedger } from './fixtures.ts'

const before: Omit<RunParameters, 'paths'> = {
  posts: 10,
  order: 'course',
  seed: 100,
  rowCount: 11_154,
  sampleDigest: 'a',
}
const parameters: RunParameters = { ...before, paths: ['batch'] }
const how = { fresh: false, signal: new AbortController().signal }
const torn = '{"run":"torn","emiss'

describe('a run that is held', () => {
  test('is not given out twice, and the oldest that was let go comes first', async () => {
    await using ledger = await temporaryLedger()
    const first = await holdRun(ledger.path, parameters, how)
    await using second = await holdRun(ledger.path, parameters, how)
    expect(second.run).not.toBe(first.run)
    await first[Symbol.asyncDispose]()
    await using third = await holdRun(ledger.path, parameters, how)
    expect(third.run).toBe(first.run)
  })

  test('is given to one of many who ask at once', async () => {
    await using ledger = await temporaryLedger()
    const { run } = await holdRun(ledger.path, parameters, how).then(async (held) => {
      await held[Symbol.asyncDispose]()
      return held
    })
    const runs = await Promise.all(Array.from({ length: 10 }, () => holdRun(ledger.path, parameters, how)))
    expect(new Set(runs.map((held) => held.run)).size).toBe(10)
    expect(runs.filter((held) => held.run === run)).toHaveLength(1)
    for (const held of runs) await held[Symbol.asyncDispose]()
  })

  test('keeps others from cutting the ledger, as it may be in the middle of a write', async () => {
    await using ledger = await temporaryLedger()
    await using living = await holdRun(ledger.path, parameters, how)
    await appendFile(ledger.path, torn)
    await using other = await holdRun(ledger.path, parameters, how)
    expect(await readFile(ledger.path, 'utf8')).toBe(torn)
    await living[Symbol.asyncDispose]()
    await other[Symbol.asyncDispose]()
    await using _last = await holdRun(ledger.path, parameters, how)
    expect(await readFile(ledger.path, 'utf8')).toBe('')
  })
})

test('a torn line in the list of runs is passed over', async () => {
  await using ledger = await temporaryLedger()
  const first = await holdRun(ledger.path, parameters, how)
  await first[Symbol.asyncDispose]()
  await appendFile(ledger.path.replace('.jsonl', '.runs.jsonl'), torn)
  await using again = await holdRun(ledger.path, parameters, how)
  expect(again.run).toBe(first.run)
})

test('a foreign line in the list of runs is named', async () => {
  await using ledger = await temporaryLedger()
  const first = await holdRun(ledger.path, parameters, how)
  await first[Symbol.asyncDispose]()
  await appendFile(ledger.path.replace('.jsonl', '.runs.jsonl'), '{"hello":"world"}\n')
  await expect(holdRun(ledger.path, parameters, how)).rejects.toMatchObject({ code: 'LAB_STATE_BROKEN' })
})

test('a run that was begun before there were streams is taken up on the batch path', async () => {
  await using ledger = await temporaryLedger()
  const began = { run: 'old', event: 'started', at: '2026-11-24T00:00:00.000Z', parameters: before }
  await mkdir(dirname(ledger.path), { recursive: true })
  await writeFile(ledger.path.replace('.jsonl', '.runs.jsonl'), `${JSON.stringify(began)}\n`)
  await using both = await holdRun(ledger.path, { ...before, paths: ['batch', 'stream'], partitionKey: 'ind' }, how)
  expect(both.run).not.toBe('old')
  await using run = await holdRun(ledger.path, parameters, how)
  expect(run.run).toBe('old')
})
