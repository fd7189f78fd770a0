import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LabError } from '../../contract/index.ts'
import {
  GetObjectCommand,
  paginateListObjectsV2,
  S3ServiceException,
  s3Client,
  type S3Client,
  type S3ClientOptions,
} from '../../clients/s3.ts'

export interface StoredFile {
  readonly name: string
  readonly bytes: number
}

/** Files below a folder that a URI names. Paths are relative to it, with slashes, decoded. */
export interface Storage extends Disposable {
  readonly uri: string
  /** Files of a folder, by name, only those after `after`; none when there is no such folder. */
  files(folder: string, after?: string): Promise<StoredFile[]>
  /** Names of the folders below the URI. */
  folders(): Promise<string[]>
  /** Undefined when there is no such file. */
  read(path: string): Promise<Buffer | undefined>
}

/**
 * @param uri `s3a://bucket/prefix`, `s3://bucket/prefix` or `file:///folder`
 * @throws LabError LAB_CONFIG_INVALID for any other
 */
export function openStorage(uri: string, s3: S3ClientOptions, signal: AbortSignal): Storage {
  const inBucket = /^s3a?:\/\/([^/]+)\/?(.*?)\/?$/.exec(uri)
  if (inBucket) return s3Storage(uri, s3Client(s3), inBucket[1] ?? '', inBucket[2] ?? '', signal)
  if (uri.startsWith('file:///')) return folderStorage(uri, signal)
  throw new LabError('LAB_CONFIG_INVALID', {
    what: `tables at ${uri} cannot be read`,
    why: 'only s3a://bucket/prefix and file:///folder are known',
    fix: 'correct tablesUri in the profile',
  })
}

function s3Storage(uri: string, client: S3Client, bucket: string, prefix: string, signal: AbortSignal): Storage {
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`)
  const pages = (folder: string, after: string) => {
    const input = { Bucket: bucket, Prefix: folder, Delimiter: '/', ...(after ? { StartAfter: folder + after } : {}) }
    return paginateListObjectsV2({ client }, input, { abortSignal: signal })
  }
  return {
    uri,
    files: async (folder, after = '') => {
      const start = keyOf(`${folder}/`)
      const files: StoredFile[] = []
      for await (const { Contents: contents = [] } of pages(start, after))
        for (const { Key: key = '', Size: bytes = 0 } of contents) files.push({ name: key.slice(start.length), bytes })
      return files
    },
    folders: async () => {
      const start = prefix === '' ? '' : `${prefix}/`
      const names: string[] = []
      for await (const { CommonPrefixes: prefixes = [] } of pages(start, ''))
        for (const { Prefix: folder = '' } of prefixes) names.push(folder.slice(start.length, -1))
      return names
    },
    read: async (path) => {
      try {
        const command = new GetObjectCommand({ Bucket: bucket, Key: keyOf(path) })
        const { Body: body } = await client.send(command, { abortSignal: signal })
        return Buffer.from((await body?.transformToByteArray()) ?? new Uint8Array())
      } catch (error) {
        if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined
        throw error
      }
    },
    [Symbol.dispose]: () => {
      client.destroy()
    },
  }
}

function folderStorage(uri: string, signal: AbortSignal): Storage {
  const root = fileURLToPath(uri)
  const entries = async (folder: string) => (await ifThere(readdir(join(root, folder), { withFileTypes: true }))) ?? []
  return {
    uri,
    files: async (folder, after = '') => {
      const names = (await entries(folder)).filter((entry) => entry.isFile() && entry.name > after)
      const files = names.map(async ({ name }) => {
        const found = await ifThere(stat(join(root, folder, name)))
        return found ? [{ name, bytes: found.size }] : [] // a writer renames its temporary files meanwhile
      })
      return (await Promise.all(files)).flat().sort((a, b) => (a.name < b.name ? -1 : 1))
    },
    folders: async () => (await entries('.')).filter((entry) => entry.isDirectory()).map(({ name }) => name),
    read: async (path) => ifThere(readFile(join(root, path), { signal })),
    [Symbol.dispose]: () => undefined,
  }
}

async function ifThere<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
