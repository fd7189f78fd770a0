import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { LabError } from '../../../contract/errors.ts'
import { isErrno, replaceFile } from './files.ts'

const HashKey = z
  .string()
  .regex(/^\d{1,39}$/)
  .transform(BigInt)

/** Left out where there is none. */
const absent = <T extends z.ZodType>(schema: T) => schema.optional().transform((value) => value)

const Shard = z.strictObject({
  index: z.int().nonnegative(),
  parent: absent(z.int().nonnegative()),
  adjacentParent: absent(z.int().nonnegative()),
  startingHashKey: HashKey,
  endingHashKey: HashKey,
  openedAtSec: z.int().nonnegative(),
  openedAtMs: z.int().nonnegative(),
  closedAtMs: absent(z.int().nonnegative()),
})

/** What a stream's folder says of it. */
const Description = z.strictObject({
  format: z.literal(1),
  name: z.string(),
  createdAtMs: z.int().nonnegative(),
  retentionHours: z.int().positive(),
  tags: z.record(z.string(), z.string()),
  nextShardIndex: z.int().positive(),
  shards: z.array(Shard).readonly(),
})
export type Description = Readonly<z.infer<typeof Description>>

const pathIn = (folder: string): string => join(folder, 'stream.json')

/** Survives a power cut once it resolves. */
export async function saveDescription(folder: string, description: Description): Promise<void> {
  const bigintAsText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value)
  await replaceFile(pathIn(folder), JSON.stringify(description, bigintAsText, 2))
}

/**
 * @returns undefined for a folder whose stream was never created to its end
 * @throws LabError LAB_STATE_BROKEN for a file that `saveDescription` did not write
 */
export async function loadDescription(folder: string): Promise<Description | undefined> {
  const path = pathIn(folder)
  try {
    return Description.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error
    throw new LabError('LAB_STATE_BROKEN', {
      what: `The description of a stream in ${path} cannot be read`,
      why: error instanceof z.ZodError ? z.prettifyError(error) : error.message,
      fix: 'Restore the file from a copy, or delete its folder and with it the stream',
      cause: error,
    })
  }
}
