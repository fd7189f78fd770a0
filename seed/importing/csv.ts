import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type Fault } from './faults.ts'

export interface CsvRow {
  /** 1-based line where the row begins. */
  readonly line: number
  readonly fields: readonly string[]
}

/** A row may hold a few long texts; more than this is a quote that nobody closed. */
const maxRowCharacters = 1_048_576

/** The file is no CSV text from here on. */
export class CsvBroken extends Error {
  readonly fault: Fault

  constructor(fault: Fault) {
    super(fault.problem)
    this.name = 'CsvBroken'
    this.fault = fault
  }
}

/**
 * Rows of a CSV file (RFC 4180; UTF-8 with or without a byte order mark; any line ends; newlines within quotes) as they are read.
 * @param file name for faults
 * @throws CsvBroken where the file cannot be read on: not there, not UTF-8, a NUL byte, a quote out of place
 */
export async function* csvRows(
  path: string,
  file: string,
  signal?: AbortSignal,
): AsyncGenerator<CsvRow, void, undefined> {
  let parsedLines = 0
  const parser = parse({
    bom: true,
    // counts what is parsed, which is ahead of what the loop below has seen when the parser breaks off
    on_record: (record: string[], { lines }) => {
      parsedLines = lines
      return record
    },
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maxRowCharacters,
  })
  // a failure of the source destroys the parser with it, so the loop below is where it is seen
  pipeline(Readable.from(utf8Text(path, file, signal)), parser, () => undefined)
  let line = 1
  try {
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line, fields: record }
      line = info.lines + 1
    }
  } catch (error) {
    throw error instanceof CsvError
      ? new CsvBroken({ file, line: parsedLines + 1, problem: csvProblems[error.code] ?? error.message })
      : error
  }
}

const quoteWithin = 'a quote stands within a field: put the field in quotes and double the quotes in it'
const csvProblems: Readonly<Record<string, string>> = {
  CSV_MAX_RECORD_SIZE: 'a row of more than 1 MiB begins here: is there a quote that is never closed?',
  CSV_QUOTE_NOT_CLOSED: 'a quote that opens in this row is never closed',
  CSV_INVALID_CLOSING_QUOTE: quoteWithin,
  INVALID_OPENING_QUOTE: quoteWithin,
}

async function* utf8Text(path: string, file: string, signal?: AbortSignal): AsyncGenerator<string, void, undefined> {
  // ignoreBOM leaves the mark in, for the parser to take off
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let line = 1
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true })
    } catch (error) {
      if (!(error instanceof TypeError)) throw error
      throw new CsvBroken({ file, problem: `the text is not UTF-8, at about line ${String(line)}: save it as UTF-8` })
    }
  }
  try {
    for await (const bytes of createReadStream(path, { highWaterMark: 64 * 1024, ...(signal ? { signal } : {}) })) {
      const text = decode(bytes as Buffer)
      const nul = text.indexOf('\0')
      if (nul >= 0)
        throw new CsvBroken({ file, line: line + newlines(text.slice(0, nul)), problem: 'a NUL byte is no text' })
      line += newlines(text)
      yield text
    }
    yield decode()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw new CsvBroken({ file, problem: 'there is no such file' })
    if (code !== undefined && ['EISDIR', 'EACCES', 'EPERM'].includes(code))
      throw new CsvBroken({ file, problem: message })
    throw error
  }
}

const newlines = (text: string): number => text.split('\n').length - 1
