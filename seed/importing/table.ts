import { join } from 'node:path'
import { entities, type EntityName, type RowOf } from '../../contract/index.ts'
import { maxDatasetSize } from '../dataset.ts'
import { truthOf } from '../truth.ts'
import { columnTypes, type ColumnType, type Field } from './columns.ts'
import { CsvBroken, csvRows, type CsvRow } from './csv.ts'
import { type Faults, plural } from './faults.ts'
import { readHeader } from './header.ts'
import { IndSet } from './ind-set.ts'

export const fileName = (entity: EntityName): string => `${entities[entity].table}.csv`

export interface CheckedTable {
  readonly entity: EntityName
  readonly inds: IndSet
  /** What a user should know though it is no fault. */
  readonly remarks: readonly string[]
}

export interface TableCheck<E extends EntityName> {
  readonly directory: string
  readonly entity: E
  readonly faults: Faults
  readonly signal?: AbortSignal | undefined
  /** Takes each good row in the order of the file; a row after a fault too. */
  readonly onRow?: (row: RowOf[E]) => Promise<void> | void
}

interface Header {
  readonly places: readonly number[]
  /** Fields of the header and so of every row. */
  readonly width: number
}

/** Reads one table's CSV file to its end, or to its twentieth fault; one row at a time is held. */
export async function checkTable<E extends EntityName>(check: TableCheck<E>): Promise<CheckedTable> {
  const { directory, entity, faults, signal, onRow } = check
  const file = fileName(entity)
  const inds = new IndSet()
  const remarks: string[] = []
  let header: Header | undefined
  let nulledRows = 0
  const faultsBefore = faults.count
  try {
    for await (const csvRow of csvRows(join(directory, file), file, signal)) {
      if (header === undefined) {
        const reading = readHeader(entity, csvRow.fields)
        if (!reading.ok) {
          for (const problem of reading.problems) faults.add({ file, line: csvRow.line, problem })
          break
        }
        header = { places: reading.places, width: csvRow.fields.length }
        if (reading.ignored > 0) remarks.push(`${file}: ${plural(reading.ignored, 'column')} without a name ignored`)
        continue
      }
      const row = readRow(check, csvRow, header)
      if (faults.isFull) break
      if (row === undefined) continue
      if (!isNewInd(check, csvRow, row, inds)) continue
      if (isNulled(entity, row)) nulledRows += 1
      await onRow?.(row)
    }
  } catch (error) {
    if (!(error instanceof CsvBroken)) throw error
    faults.add(error.fault)
  }
  if (inds.size === 0 && faults.count === faultsBefore)
    faults.add({ file, problem: header === undefined ? 'the file is empty' : 'the file has a header but no row' })
  if (nulledRows > 0)
    remarks.push(
      `${file}: ${plural(nulledRows, 'row')} with a coordinate or age out of range, which cleaning makes null`,
    )
  return { entity, inds, remarks }
}

function readRow<E extends EntityName>(
  { entity, faults }: TableCheck<E>,
  { line, fields }: CsvRow,
  { places, width }: Header,
): RowOf[E] | undefined {
  const file = fileName(entity)
  if (fields.length !== width) {
    faults.add({
      file,
      line,
      problem: `the row has ${plural(fields.length, 'field')}, the header has ${String(width)}`,
    })
    return undefined
  }
  const types = columnTypes[entity] as Readonly<Record<string, ColumnType>>
  const row: Record<string, Field> = {}
  let isGood = true
  for (const [position, column] of entities[entity].columns.entries()) {
    const text = fields[places[position] ?? -1] ?? ''
    const type = types[column]
    const field = type?.parse(text)
    if (field === undefined) {
      faults.add({ file, line, column, value: text, problem: type?.expected ?? '' })
      isGood = false
    } else row[column] = field
  }
  return isGood ? (row as RowOf[E]) : undefined
}

function isNewInd<E extends EntityName>(
  { entity, faults }: TableCheck<E>,
  { line }: CsvRow,
  row: RowOf[E],
  inds: IndSet,
): boolean {
  const file = fileName(entity)
  const column = entities[entity].keyColumn
  const ind = 'index' in row ? row.index : row.ind
  if (!inds.add(ind)) {
    faults.add({ file, line, column, problem: `${String(ind)} stands in an earlier row too` })
    return false
  }
  if (inds.size <= maxDatasetSize) return true
  throw new CsvBroken({ file, line, problem: `there are more than ${String(maxDatasetSize)} rows` })
}

const isNulled = <E extends EntityName>(entity: E, row: RowOf[E]): boolean => {
  const clean = entity === 'pin' ? undefined : truthOf(entity, row)
  return (
    clean !== undefined &&
    (('age' in clean && clean.age === null) || ('coordinates' in clean && clean.coordinates === null))
  )
}
