import { mkdir, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { mismatch } from './checksum.ts'
import { runChild } from './child.ts'
import { bytesBelow, whileReporting } from './growth.ts'
import { isAbsent } from './locate.ts'
import { digestOf, pins, pinsFolder } from './pins.ts'
import { requirePython } from './python.ts'
import { type InstallContext, type Tool } from './tool.ts'

const name = `MiniStack ${pins.ministack.version}`
const lock = join(pinsFolder, 'ministack', 'requirements.lock')
const pinned = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '-r', lock]

/** The S3 server in a Python environment of its own; pip checks every file against the lock's SHA-256. */
export const ministack: Tool = {
  name,
  folder: 'venv',
  pin: digestOf('ministack/requirements.lock'),
  downloadBytes: pins.ministack.bytes,
  landmarks: [{ path: 'bin/python' }, { path: 'bin/ministack' }],
  boundTo: async (folder) => `${folder} ${await pythonOf(folder)}`,
  install: async (context) => {
    const { draft, cache, env, signal, onProgress } = context
    const python = await requirePython(env, signal)
    onProgress(`${name}: making its Python ${python.version} environment`)
    // by the file itself: through a version manager's shim the environment would follow the version selected later
    const made = await runChild(python.executable, ['-m', 'venv', '--prompt', 'lab', draft], { env, signal })
    if (made.exitCode !== 0) throw failed('make its Python environment', made.output)

    const wheels = join(cache, 'wheels')
    await mkdir(wheels, { recursive: true })
    if (!(await installFrom(wheels, context)).ok) {
      await download(wheels, context)
      const installed = await installFrom(wheels, context)
      if (!installed.ok) throw failed('install its packages', installed.output)
    }
    await moveScripts(context)
  },
}

const pip = (draft: string): string => join(draft, 'bin', 'python')

async function installFrom(wheels: string, { draft, env, signal, onProgress }: InstallContext) {
  if ((await readdir(wheels)).length === 0) return { ok: false, output: '' }
  onProgress(`${name}: installing its packages`)
  const args = [
    '-m',
    'pip',
    'install',
    '-q',
    '--disable-pip-version-check',
    '--no-index',
    '--find-links',
    wheels,
    ...pinned,
  ]
  const { exitCode, output } = await runChild(pip(draft), args, { env, signal })
  return { ok: exitCode === 0, output }
}

async function download(wheels: string, { draft, cache, env, signal, onProgress }: InstallContext): Promise<void> {
  const temporary = join(cache, 'pip')
  await rm(temporary, { recursive: true, force: true })
  await mkdir(temporary, { recursive: true })
  const isWheel = (file: string): boolean => file.endsWith('.whl')
  const measure = async (): Promise<number> =>
    (await bytesBelow(wheels, isWheel)) + (await bytesBelow(temporary, isWheel))
  const args = ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '-d', wheels, ...pinned]
  const growth = { label: name, totalBytes: pins.ministack.bytes, measure, onProgress }
  const { exitCode, output } = await whileReporting(growth, () =>
    runChild(pip(draft), args, { env: { ...env, TMPDIR: temporary }, signal }),
  )
  await rm(temporary, { recursive: true, force: true })
  if (exitCode !== 0) throw failed('download its packages', output)
}

function failed(step: string, output: string): LabError {
  const expected = /Expected sha256\s+(\S+)/.exec(output)?.[1]
  const got = /Got\s+(\S+)/.exec(output)?.[1]
  if (expected !== undefined && got !== undefined) return mismatch(`a package of ${name}`, `SHA-256 ${expected}`, got)
  const lines = output.split('\n').filter((line) => /error/i.test(line))
  return new LabError('LAB_DOWNLOAD_FAILED', {
    what: `pip could not ${step} (${name})`,
    why: (lines.length > 0 ? lines.slice(-3).join(' ') : output.trim()).slice(-600) || 'it gave no reason',
    fix: 'check the network (an index or proxy belongs into pip.conf) and run the command again: it goes on where it stopped',
  })
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
