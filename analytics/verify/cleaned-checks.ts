import { entityNames, queryIds, type Answers, type CleanOf, type EntityName } from '../../contract/index.ts'
import { type CleanCounts } from '../clean-counts.ts'
import { type Database, type SqlRow } from '../duckdb/database.ts'
import { CheckBuilder, type Check } from './check.ts'
import { type CleanVersions } from './clean-versions.ts'
import { checkDeadLetters } from './stored-checks.ts'
import { type DeadLetter } from './dead-letters.ts'
import { type LogIndex } from './log-index.ts'
import { differences } from './oracle.ts'

/** Nothing gets lost between S3 and the clean tables: each line is a row, a counted copy, or quarantined. */
export function checkCounts(lines: Readonly<Record<EntityName, number>>, { tables }: CleanCounts): Check {
  const check = new CheckBuilder('s3-equals-cleaned')
  for (const entity of entityNames) {
    const { records, rows, equalDuplicates, differingDuplicates, rejected } = tables[entity]
    check.count('records', records)
    check.count('rows', rows)
    check.count('equalDuplicates', equalDuplicates)
    check.count('differingDuplicates', differingDuplicates)
    check.count('rejected', rejected)
    const accounted = rows + equalDuplicates + differingDuplicates + rejected
    if (records !== lines[entity]) {
      check.fault('unread', () => `${entity}: S3 holds ${String(lines[entity])} lines, ${String(records)} were cleaned`)
    }
    if (records !== accounted) {
      check.fault(
        'unaccounted',
        () => `${entity}: ${String(records)} records, but ${String(accounted)} rows, copies and rejects`,
      )
    }
  }
  return check.done({
    passed: 'every line in S3 is a clean row, a counted copy of one, or in the quarantine',
    failed: 'lines of S3 are missing in the clean tables, or rows are there that no line gave',
  })
}

export const cleanColumns: Readonly<
  Record<EntityName, { readonly view: string; readonly columns: readonly string[] }>
> = {
  pin: {
    view: 'pin',
    columns: [
      'ind',
      'unique_id',
      'title',
      'description',
      'follower_count',
      'poster_name',
      'tag_list',
      'is_image_or_video',
      'image_src',
      'save_location',
      'category',
    ],
  },
  geo: { view: 'geo', columns: ['ind', 'country', 'coordinates', 'timestamp'] },
  user: { view: 'users', columns: ['ind', 'user_name', 'age', 'date_joined'] },
}

/** Every clean row equals the truth, cell by cell, and no row is missing or too many. Fed one span of inds at a time. */
export class CleanRowsCheck {
  readonly #check = new CheckBuilder('clean-equals-truth')

  constructor() {
    for (const name of ['rows', 'cells', 'foreign']) this.#check.count(name, 0)
  }

  async compare(database: Database, truth: CleanVersions, first: number, last: number): Promise<void> {
    for (const entity of entityNames) {
      const { view, columns } = cleanColumns[entity]
      const rows = await database.select(
        `SELECT ${columns.join(', ')} FROM ${view} WHERE ind BETWEEN ${String(first)} AND ${String(last)}`,
      )
      this.#compareRows(entity, new Map(rows.map((row) => [Number(row['ind']), row])), truth[entity], rows.length)
    }
  }

  skip(reason: string): void {
    this.#check.skip(reason)
  }

  done(): Check {
    return this.#check.done({
      passed: 'every clean row equals the truth of its source row, cell by cell',
      failed: 'clean rows are missing or differ from the truth of the record that Kafka holds last',
    })
  }

  #compareRows<E extends EntityName>(
    entity: E,
    rows: ReadonlyMap<number, SqlRow>,
    truth: CleanVersions[E],
    rowCount: number,
  ): void {
    if (rowCount !== rows.size) this.#check.fault('twice', () => `${entity}: an ind has several rows`)
    for (const ind of rows.keys()) {
      if (!truth.has(ind))
        this.#check.fault('unexpected', () => `${entity} ${String(ind)}: a row that Kafka has no record of`)
    }
    for (const [ind, versions] of truth) {
      const kept = versions.at(-1)
      if (!kept) continue
      const row = rows.get(ind)
      this.#check.count('rows')
      if (!kept.isSource) this.#check.count('foreign')
      if (!row) this.#check.fault('missing', () => `${entity} ${String(ind)}: no clean row`)
      else if (!kept.clean)
        this.#check.skip(`no independent cleaning can judge ${entity} ${String(ind)}: it holds nested values`)
      else this.#compareCells(entity, ind, row, kept.clean)
    }
  }

  #compareCells(entity: EntityName, ind: number, row: SqlRow, clean: CleanOf[EntityName]): void {
    const expected = clean as unknown as Readonly<Record<string, unknown>>
    for (const column of cleanColumns[entity].columns) {
      this.#check.count('cells')
      const [is, should] = [JSON.stringify(row[column]), JSON.stringify(expected[column])]
      if (is !== should) {
        this.#check.fault('differing', () => `${entity} ${String(ind)} ${column}: ${is}, the truth is ${should}`)
      }
    }
  }
}

/** One check a query: all cells of both variants, in order. `skipReason` when the oracle cannot know the truth. */
export function checkAnswers(
  actual: { readonly right: Partial<Answers>; readonly naive: Partial<Answers> },
  expected: { readonly right: Answers; readonly naive: Answers },
  skipReason: string | undefined,
): Check[] {
  return queryIds.map((id) => {
    const check = new CheckBuilder(`answer-${id}-equals-oracle`)
    for (const variant of ['right', 'naive'] as const) {
      const rows = actual[variant][id] ?? []
      check.count(variant === 'right' ? 'rows' : 'naiveRows', rows.length)
      if (variant === 'right')
        check.count(
          'cells',
          rows.reduce((cells, row) => cells + Object.keys(row).length, 0),
        )
      if (skipReason === undefined) {
        for (const told of differences(id, rows, expected[variant][id])) {
          check.fault(variant === 'right' ? 'differing' : 'naiveDiffering', () => `${variant} ${told}`)
        }
      }
    }
    if (skipReason !== undefined) check.skip(skipReason)
    return check.done({
      passed: 'the answer equals the one computed from the truth without SQL',
      failed: 'the answer differs from the truth: see the checks above for what is lost, doubled or changed',
    })
  })
}

/** Rejected and dead-lettered records are no failure; one without a reason is. */
export async function checkRejected(
  database: Database,
  quarantineSql: string,
  index: LogIndex,
  letters: readonly (DeadLetter | undefined)[],
): Promise<Check> {
  const check = new CheckBuilder('rejected-explained')
  const quarantined = new Set<string>()
  check.count('quarantined', 0)
  for (const row of await database.select(quarantineSql)) {
    const [topic, offset, reason] = [String(row['topic']), BigInt(Number(row['offset'])), String(row['reason'])]
    const partition = Number(/partition=(\d+)/.exec(String(row['object_key']))?.[1])
    const place = `${topic}-${String(partition)}@${String(offset)}`
    quarantined.add(place)
    check.count('quarantined')
    check.count(reason)
    const kind = index.partition(topic, partition)?.kind(offset) ?? 'absent'
    if (kind !== reason) check.fault('unexplained', () => `${place}: rejected as ${reason}, but it is: ${kind}`)
  }
  for (const log of index.partitions) {
    for (const offset of log.offsets()) {
      const kind = log.kind(offset)
      if (log.timesStored(offset) === 0 || kind === 'row') continue
      const place = `${log.range.topic}-${String(log.range.partition)}@${String(offset)}`
      if (quarantined.has(place)) continue
      // Jackson takes more for JSON than this check does, such as leading zeros
      if (kind === 'not JSON') check.skip(`${place}: the connector wrote a value that is no strict JSON`)
      else check.fault('notRejected', () => `${place}: ${kind}, and yet in the clean table`)
    }
  }
  checkDeadLetters(letters, index, check)
  return check.done({
    passed: 'whatever was rejected or dead-lettered is no good row, for the reason given',
    failed: 'a good row was rejected, or a bad one was not',
  })
}
