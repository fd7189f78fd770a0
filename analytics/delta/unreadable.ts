import { LabError } from '../../contract/index.ts'

/** The table's log cannot be replayed, or asks for what this reader does not know. */
export const unreadable = (table: string, why: string, fix: string): LabError =>
  new LabError('LAB_DATA_MISMATCH', { what: `the Delta table ${table} cannot be read`, why, fix })

export const brokenLog = (table: string, why: string): LabError =>
  unreadable(
    table,
    why,
    'its _delta_log was edited or is incomplete: restore it, or let the stream job begin a new table',
  )

export const unsupported = (table: string, feature: string): LabError =>
  unreadable(
    table,
    `it uses ${feature}, which this reader does not know`,
    'read it with Spark, or write it without that feature',
  )
