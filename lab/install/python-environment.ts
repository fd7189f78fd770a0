import { mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runChild } from './child.ts'
import { isAbsent } from './locate.ts'
import { pinsFolder } from './pins.ts'
import { pipDownload, pipFailed, pipFolder, runPip } from './pip.ts'
import { requirePython } from './python.ts'
import { type InstallContext } from './tool.ts'

export interface PythonPackages {
  /** The tool, for people. */
  readonly label: string
  /** pip's lock below the pins folder: wheels only. */
  readonly lock: string
  /** What one Python version downloads of them. */
  readonly totalBytes: number
  /** Compile them at once, which shortens the first start; otherwise Python does it as it imports them. */
  readonly compile: boolean
}

/** Makes the draft a Python environment with these packages; pip checks every file against the lock's SHA-256. */
export async function makeEnvironment(packages: PythonPackages, context: InstallContext): Promise<void> {
  const { label } = packages
  const { draft, cache, env, signal, onProgress } = context
  const python = await requirePython(env, signal)
  onProgress(`${label}: making its Python ${python.version} environment`)
  // by the file itself: through a version manager's shim the environment would follow the version selected later
  const made = await runChild(python.executable, ['-m', 'venv', '--prompt', 'lab', draft], { env, signal })
  if (made.exitCode !== 0) throw pipFailed(label, 'make its Python environment', made.output)

  await mkdir(pipFolder(cache), { recursive: true })
  if (!(await installCached(packages, context)).ok) {
    const isWanted = (file: string): boolean => file.endsWith('.whl')
    const { totalBytes } = packages
    await pipDownload({ label, what: pinned(packages), isWanted, totalBytes }, context)
    const installed = await installCached(packages, context)
    if (!installed.ok) throw pipFailed(label, 'install its packages', installed.output)
  }
  await moveScripts(context)
}

const pinned = ({ lock }: PythonPackages): readonly string[] => [
  '--require-hashes',
  '--only-binary',
  ':all:',
  '--no-deps',
  '-r',
  join(pinsFolder, lock),
]

async function installCached(packages: PythonPackages, { draft, cache, env, signal, onProgress }: InstallContext) {
  const wheels = pipFolder(cache)
  if ((await readdir(wheels)).length === 0) return { ok: false, output: '' }
  onProgress(`${packages.label}: installing its packages`)
  const offline = ['--no-index', '--find-links', wheels]
  const compile = packages.compile ? '--compile' : '--no-compile'
  const { exitCode, output } = await runPip(draft, ['install', compile, ...offline, ...pinned(packages)], {
    env,
    signal,
  })
  return { ok: exitCode === 0, output }
}

/** The commands name their Python by its absolute path: from the draft's to the final one. */
async function moveScripts({ draft, folder }: InstallContext): Promise<void> {
  for (const entry of await readdir(join(draft, 'bin'), { withFileTypes: true })) {
    if (!entry.isFile()) continue
    const path = join(draft, 'bin', entry.name)
    const script = await readFile(path, 'utf8')
    if (script.includes(draft)) await writeFile(path, script.replaceAll(draft, folder))
  }
}

/** Tool.boundTo of an environment: it breaks when it is moved, or when the interpreter behind it goes or changes. */
export const boundToPython = async (folder: string): Promise<string> => `${folder} ${await pythonOf(folder)}`

/** The interpreter behind the environment's own name for it, with its version; empty when it has gone. */
async function pythonOf(folder: string): Promise<string> {
  try {
    const path = await realpath(join(folder, 'bin', 'python'))
    const settings = await readFile(join(folder, 'pyvenv.cfg'), 'utf8')
    return `${path} ${/^version = (.*)$/m.exec(settings)?.[1] ?? ''}`
  } catch (error) {
    if (isAbsent(error)) return ''
    throw error
  }
}
