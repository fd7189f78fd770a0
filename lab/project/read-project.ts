import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, relative } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { isAbsent } from '../install/locate.ts'

export interface ProjectFile {
  /** Below the project's folder. */
  readonly path: string
  readonly text: string
}

const extensions = new Set(['.py', '.sql', '.ipynb', '.yaml', '.yml', '.json', '.properties'])
const skippedFolders = new Set(['.git', 'venv', '.venv', 'env', 'node_modules', '__pycache__', '.ipynb_checkpoints'])
const limits = { depth: 6, files: 2_000, fileBytes: 4 * 1_048_576 } as const

/**
 * Reads the files of a project that may hold addresses, in the order of their paths; links are not followed.
 * @returns the files, and the paths of those left out because of their size
 * @throws LabError LAB_IMPORT_INVALID where `folder` is none, holds no such file or too many of them
 */
export async function readProject(folder: string): Promise<{ files: ProjectFile[]; tooLarge: string[] }> {
  await requireFolder(folder)
  const paths = (await pathsBelow(folder, limits.depth)).toSorted()
  if (paths.length === 0)
    throw invalid(
      `${folder} holds nothing to look at`,
      `it has no ${[...extensions].join(' ')} file`,
      'give the folder that your scripts are in',
    )
  if (paths.length > limits.files)
    throw invalid(
      `${folder} holds ${String(paths.length)} files to look at`,
      `at most ${String(limits.files)} are read`,
      'give the folder of one project',
    )
  const files: ProjectFile[] = []
  const tooLarge: string[] = []
  for (const path of paths) {
    const name = relative(folder, path)
    if ((await stat(path)).size > limits.fileBytes) tooLarge.push(name)
    else files.push({ path: name, text: await readFile(path, 'utf8') })
  }
  return { files, tooLarge }
}

async function requireFolder(folder: string): Promise<void> {
  try {
    if ((await stat(folder)).isDirectory()) return
  } catch (error) {
    if (!isAbsent(error)) throw error
    throw invalid(`there is no folder ${folder}`, 'nothing has this name', 'check the path')
  }
  throw invalid(`${folder} is no folder`, 'a project is imported as a whole', 'give the folder that the file is in')
}

async function pathsBelow(folder: string, depth: number): Promise<string[]> {
  const found = await Promise.all(
    (await readdir(folder, { withFileTypes: true })).map(async (entry) => {
      const path = join(folder, entry.name)
      if (entry.isFile()) return extensions.has(extname(entry.name)) ? [path] : []
      return entry.isDirectory() && depth > 0 && !skippedFolders.has(entry.name) ? pathsBelow(path, depth - 1) : []
    }),
  )
  return found.flat()
}

const invalid = (what: string, why: string, fix: string): LabError =>
  new LabError('LAB_IMPORT_INVALID', { what, why, fix })
