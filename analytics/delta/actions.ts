import { z } from 'zod'
import { brokenLog } from './unreadable.ts'

/** The actions of Delta's protocol that a reader needs, as they stand in commits and, with nulls, in checkpoints. */
const Add = z.object({
  path: z.string(),
  partitionValues: z.record(z.string(), z.string().nullable()).nullish(),
  size: z.number(),
  modificationTime: z.number(),
  stats: z.string().nullish(),
  deletionVector: z.unknown().optional(),
})
export type Add = z.infer<typeof Add>

const Protocol = z.object({
  minReaderVersion: z.number(),
  minWriterVersion: z.number(),
  readerFeatures: z.array(z.string()).nullish(),
  writerFeatures: z.array(z.string()).nullish(),
})
export type Protocol = z.infer<typeof Protocol>

const Metadata = z.object({
  id: z.string(),
  name: z.string().nullish(),
  schemaString: z.string(),
  partitionColumns: z.array(z.string()),
  configuration: z.record(z.string(), z.string()).nullish(),
  createdTime: z.number().nullish(),
})
export type Metadata = z.infer<typeof Metadata>

const CommitInfo = z.object({
  timestamp: z.number().optional(),
  inCommitTimestamp: z.number().optional(),
  operation: z.string().optional(),
  operationParameters: z.record(z.string(), z.unknown()).optional(),
  operationMetrics: z.record(z.string(), z.string()).optional(),
  engineInfo: z.string().optional(),
})
export type CommitInfo = z.infer<typeof CommitInfo>

const Txn = z.object({ appId: z.string(), version: z.number() })
export type Txn = z.infer<typeof Txn>

const Action = z.object({
  add: Add.nullish(),
  remove: z.object({ path: z.string(), dataChange: z.boolean().nullish() }).nullish(),
  metaData: Metadata.nullish(),
  protocol: Protocol.nullish(),
  txn: Txn.nullish(),
  commitInfo: CommitInfo.nullish(),
})
export type Action = z.infer<typeof Action>

/** @throws LabError LAB_DATA_MISMATCH when a line is no action; `where` names the file. */
export function parseActions(table: string, where: string, lines: readonly string[]): Action[] {
  return lines.map((line) => {
    try {
      return Action.parse(JSON.parse(line))
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof z.ZodError)) throw error
      throw brokenLog(table, `${where} holds a line that is no action of a Delta log: ${line.slice(0, 120)}`)
    }
  })
}
