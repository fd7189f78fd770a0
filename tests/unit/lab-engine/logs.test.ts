import { appendFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { LogFile, setAsideLargeFile } from '../../../lab/engines/native/log-file.ts'
import { readLogs, tailOf } from '../../../lab/engines/native/logs.ts'
import { lineSplitter } from '../../../lab/engines/native/processes/line-splitter.ts'
import { labHome, type LabHome } from '../../../lab/home.ts'

let home: LabHome
beforeEach(async () => {
  home = labHome(await mkdtemp(join(tmpdir(), 'pinlab-logs-')))
})
afterEach(async () => {
  await rm(home.root, { recursive: true })
})

const signal = new AbortController().signal
const collect = async (lines: AsyncIterable<string>): Promise<string[]> => {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
const numbered = (count: number): string[] => Array.from({ length: count }, (_, at) => `line ${String(at)}`)

describe('a log file', () => {
  test('stays within two files of its bound and keeps the newest lines', async () => {
    const path = join(home.logs, 'kafka.log')
    const log = new LogFile(path, 1_000)
    for (const line of numbered(1_000)) log.write(line)
    log.close()
    expect((await stat(path)).size).toBeLessThan(1_020)
    expect((await stat(`${path}.1`)).size).toBeLessThan(1_020)
    expect(await tailOf(path, 90)).toEqual(numbered(1_000).slice(-90))
    expect(log.last(3)).toEqual(['line 997', 'line 998', 'line 999'])
  })

  test('goes on after what an earlier process wrote', async () => {
    const path = join(home.logs, 'kafka.log')
    for (const line of ['first', 'second']) {
      const log = new LogFile(path)
      log.write(line)
      log.close()
    }
    expect(await readFile(path, 'utf8')).toBe('first\nsecond\n')
  })
})

test('a file that another process writes is set aside once it is large', async () => {
  const path = join(home.root, 'access.log')
  await setAsideLargeFile(path, 10)
  await appendFile(path, '123456789')
  await setAsideLargeFile(path, 10)
  expect((await stat(path)).size).toBe(9)
  await appendFile(path, '0')
  await setAsideLargeFile(path, 10)
  await expect(stat(path)).rejects.toThrow('ENOENT')
  expect((await stat(`${path}.1`)).size).toBe(10)
})

describe('reading logs', () => {
  const write = async (service: string, lines: readonly string[]): Promise<void> => {
    new LogFile(join(home.logs, `${service}.log`)).close()
    await appendFile(join(home.logs, `${service}.log`), lines.map((line) => `${line}\n`).join(''))
  }
  const common = { lines: 2, follow: false, signal }

  test('gives the last lines of one service as they are', async () => {
    await write('kafka', numbered(5))
    const lines = await collect(readLogs({ home, services: ['kafka'], ...common }))
    expect(lines).toEqual(['line 3', 'line 4'])
  })

  test('leads the lines of several services by their names; one that never ran has none', async () => {
    await write('kafka', ['a'])
    await write('gateway', ['b'])
    const lines = await collect(readLogs({ home, services: ['mysql', 'kafka', 'gateway'], ...common }))
    expect(lines).toEqual(['kafka   | a', 'gateway | b'])
  })

  test('follows new lines over a rotation until it is told to stop', { timeout: 10_000 }, async () => {
    const path = join(home.logs, 'kafka.log')
    const log = new LogFile(path, 40)
    log.write('old')
    const stop = new AbortController()
    const seen: string[] = []
    let next = 0
    for await (const line of readLogs({ home, services: ['kafka'], lines: 1, follow: true, signal: stop.signal })) {
      seen.push(line)
      if (next === 8) stop.abort()
      else log.write(`new ${String(next++)}`)
    }
    log.close()
    expect(seen).toEqual(['old', ...Array.from({ length: 8 }, (_, at) => `new ${String(at)}`)])
  })
})

test('lines do not depend on how the chunks were cut', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
      const lines = texts.map((text) => text.replaceAll('\n', ' '))
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''))
      const found: string[] = []
      const splitter = lineSplitter((line) => {
        found.push(line)
      })
      let start = 0
      for (const cut of cuts) splitter.push(bytes.subarray(start, (start += cut)))
      splitter.push(bytes.subarray(start))
      splitter.end()
      expect(found).toEqual(lines)
    }),
  )
})

test('a line without an end is given in pieces of bounded length', () => {
  const found: string[] = []
  const splitter = lineSplitter((line) => {
    found.push(line)
  }, 10)
  for (let chunk = 0; chunk < 5; chunk++) splitter.push(Buffer.from('abcdefg'))
  splitter.end()
  expect(found.join('')).toBe('abcdefg'.repeat(5))
  expect(Math.max(...found.map((line) => line.length))).toBeLessThanOrEqual(10)
})
