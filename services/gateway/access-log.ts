import { once } from 'node:events'
import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'
import { LabError } from '../../contract/errors.ts'
import type { Logger } from '../runtime/log.ts'
import { accessLogFormat, type AccessRecord } from './access-log-format.ts'

const flushBytes = 64 * 1024
const flushIntervalMs = 100
/** Lines that wait for a slow disk; past it they are dropped and counted, requests are not slowed. */
const maxWaitingBytes = 8 * 1024 * 1024

export interface AccessLog extends AsyncDisposable {
  readonly write: (record: AccessRecord) => void
}

/** @param destination a file to append to, or `stdout`. Lines go out in batches, at the latest after 100 ms. */
export async function openAccessLog(destination: string, format: string, log: Logger): Promise<AccessLog> {
  const lineOf = accessLogFormat(format)
  if (typeof lineOf === 'string') {
    throw new LabError('LAB_CONFIG_INVALID', {
      what: 'accessLogFormat cannot be used',
      why: lineOf,
      fix: 'use JSON, CLF, or a text with $context variables of the access logging page',
    })
  }
  const stream = destination === 'stdout' ? process.stdout : await openFile(destination)
  let waiting: string[] = []
  let waitingBytes = 0
  let droppedLines = 0
  let broken = false
  let timer: NodeJS.Timeout | undefined
  stream.on('error', (error) => {
    if (!broken) log.warn({ err: error }, 'access log cannot be written')
    broken = true
  })

  const flush = (): void => {
    clearTimeout(timer)
    timer = undefined
    if (waiting.length === 0 || broken) return
    stream.write(waiting.join(''))
    waiting = []
    waitingBytes = 0
    if (droppedLines > 0) log.warn({ droppedLines }, 'access log lines dropped: the disk did not keep up')
    droppedLines = 0
  }

  return {
    write: (record) => {
      if (broken || waitingBytes + stream.writableLength > maxWaitingBytes) {
        droppedLines += 1
        return
      }
      const line = `${lineOf(record)}\n`
      waiting.push(line)
      waitingBytes += line.length
      if (waitingBytes >= flushBytes) flush()
      else timer ??= setTimeout(flush, flushIntervalMs).unref()
    },
    [Symbol.asyncDispose]: async () => {
      flush()
      if (stream === process.stdout || broken) return
      stream.end()
      await finished(stream, { cleanup: true }).catch((error: unknown) => {
        log.warn({ err: error }, 'access log did not close')
      })
    },
  }
}

async function openFile(path: string): Promise<WriteStream> {
  try {
    await mkdir(dirname(path), { recursive: true })
    const stream = createWriteStream(path, { flags: 'a' })
    await once(stream, 'open')
    return stream
  } catch (cause) {
    throw new LabError('LAB_CONFIG_INVALID', {
      what: `the access log ${path} cannot be opened`,
      why: cause instanceof Error ? cause.message : String(cause),
      fix: 'set accessLog to a file that can be written, or to stdout',
      cause,
    })
  }
}
