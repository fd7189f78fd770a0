import { expect, it } from 'vitest'
import { readRecords } from '../../../services/rest-proxy/consume/read-records.ts'
import { type FetchedRecord, RecordBuffer } from '../../../services/rest-proxy/consume/record-buffer.ts'
import { Budget } from '../../../services/rest-proxy/http/budget.ts'

const aLoan = (bytes = 1_000_000): NonNullable<ReturnType<Budget['borrow']>> =>
  new Budget({ requests: 1, bytes }).borrow()!

const aRecord = (offset: number, value: string | null, key: string | null = null): FetchedRecord => ({
  topic: 't',
  partition: 0,
  offset: BigInt(offset),
  key: key === null ? null : Buffer.from(key),
  value: value === null ? null : Buffer.from(value),
})

const aBuffer = (...records: FetchedRecord[]): RecordBuffer => {
  const buffer = new RecordBuffer(1_000_000)
  for (const record of records) buffer.put(record)
  return buffer
}

const now = { deadline: 0, maxBytes: 1_000, minBytes: undefined }
const ignore = (): void => undefined

it.each([
  { what: 'JSON as it was written', format: 'json' as const, value: '{"n":1.50}', json: '{"n":1.50}' },
  { what: 'binary as base64', format: 'binary' as const, value: 'raw', json: '"cmF3"' },
  { what: 'a tombstone as null', format: 'json' as const, value: null, json: 'null' },
])('hands out $what', async ({ format, value, json }) => {
  expect(await readRecords(aBuffer(aRecord(7, value)), format, now, aLoan(), ignore)).toEqual([
    `{"topic":"t","key":null,"value":${json},"partition":0,"offset":7}`,
  ])
})

it('stops before the record that would reach max_bytes, and leaves it', async () => {
  const buffer = aBuffer(aRecord(0, '"aa"'), aRecord(1, '"bb"'), aRecord(2, '"cc"'))
  const taken: bigint[] = []
  const read = (): Promise<string[]> =>
    readRecords(buffer, 'json', { ...now, maxBytes: 9 }, aLoan(), ({ offset }) => taken.push(offset))
  expect((await read()).length).toBe(2)
  expect((await read()).length).toBe(1)
  expect(taken).toEqual([0n, 1n, 2n])
})

it('takes no more than the budget lends', async () => {
  const buffer = aBuffer(aRecord(0, '"aa"'), aRecord(1, '"bb"'))
  expect((await readRecords(buffer, 'json', now, aLoan(5), ignore)).length).toBe(1)
})

it('waits for more than fetch.min.bytes', async () => {
  const buffer = aBuffer(aRecord(0, '"aa"'))
  const limits = { deadline: Date.now() + 5_000, maxBytes: 1_000, minBytes: 6 }
  const reading = readRecords(buffer, 'json', limits, aLoan(), ignore)
  buffer.put(aRecord(1, '"bb"'))
  expect((await reading).length).toBe(2)
})

it('ends before a record that is not JSON, refuses it next, and keeps it', async () => {
  const buffer = aBuffer(aRecord(0, '1'), aRecord(1, 'no json'))
  expect((await readRecords(buffer, 'json', now, aLoan(), ignore)).length).toBe(1)
  for (let again = 0; again < 2; again += 1) {
    await expect(readRecords(buffer, 'json', now, aLoan(), ignore)).rejects.toMatchObject({ errorCode: 40801 })
  }
})

it('has room until its bound is reached, and again once it is read', async () => {
  const buffer = new RecordBuffer(4)
  buffer.put(aRecord(0, '"aa"'))
  expect(buffer.hasRoom).toBe(false)
  await readRecords(buffer, 'json', now, aLoan(), ignore)
  expect(buffer.hasRoom).toBe(true)
})

it('lends places and bytes until they are gone, and takes each back once', () => {
  const budget = new Budget({ requests: 1, bytes: 10 })
  const loan = budget.borrow()!
  expect(budget.borrow()).toBeUndefined()
  expect([loan.grow(10), loan.grow(1)]).toEqual([true, false])
  loan.giveBack()
  loan.giveBack()
  expect([budget.requests, budget.bytes]).toEqual([0, 0])
  expect(loan.grow(1)).toBe(false)
})
