import { describe, expect, test } from 'vitest'
import { localProfile, pathNames } from '../../../contract/index.ts'
import { defaultEmulation, emulation, recordsText } from '../../../lab/emulation.ts'
import { listOf } from '../../../lab/environment.ts'
import { labHome } from '../../../lab/home.ts'
import { temporaryLedger } from './fixtures.ts'

describe('--paths', () => {
  const parse = listOf('--paths', pathNames)
  test.each([
    { text: 'batch', paths: ['batch'] },
    { text: 'stream,batch', paths: ['batch', 'stream'] },
    { text: ' stream , stream', paths: ['stream'] },
  ])('of "$text" is $paths', ({ text, paths }) => {
    expect(parse(text)).toEqual(paths)
  })

  test.each(['both', '', 'batch,', 'batch stream'])('of "%s" is wrong usage', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'LAB_USAGE' }))
  })

  test('of a path that the lab does not run is wrong usage', async () => {
    await using ledger = await temporaryLedger()
    const credentials = {
      mysqlPassword: 'x'.repeat(16),
      mysqlRootPassword: 'x'.repeat(16),
      awsAccessKeyId: 'x'.repeat(16),
      awsSecretAccessKey: 'x'.repeat(32),
    }
    const lab = { home: labHome(ledger.path), profile: localProfile({ paths: ['batch'] }), credentials }
    const { signal } = new AbortController()
    const flags = { ...defaultEmulation, paths: pathNames }
    await expect(emulation(lab, 1, flags, signal, () => undefined)).rejects.toMatchObject({
      code: 'LAB_USAGE',
      what: 'this lab has no stream path',
    })
  })
})

test.each([
  { records: 9, recordsByPath: { batch: 6, stream: 3 }, text: '9 records (batch 6, stream 3)' },
  { records: 6, recordsByPath: { batch: 6, stream: 0 }, text: '6 records (batch 6)' },
  { records: 0, recordsByPath: { batch: 0, stream: 0 }, text: '0 records' },
])('$text', ({ text, ...counts }) => {
  expect(recordsText(counts)).toBe(text)
})
