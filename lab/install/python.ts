import { z } from 'zod'
import { LabError } from '../../contract/index.ts'
import { runChild } from './child.ts'
import { locate } from './locate.ts'

export interface Python {
  readonly path: string
  readonly version: string
  /** The file behind links and shims. */
  readonly executable: string
  readonly isNewEnough: boolean
  /** venv can make environments with pip in them; on Debian that is a package of its own. */
  readonly hasVenv: boolean
}

const Probe = z.strictObject({ version: z.string(), executable: z.string(), minor: z.int(), venv: z.boolean() })

const probe = `
import json, sys
from importlib.util import find_spec
print(json.dumps({
    'version': '.'.join(map(str, sys.version_info[:3])),
    'executable': sys.executable,
    'minor': sys.version_info[0] * 1000 + sys.version_info[1],
    'venv': find_spec('venv') is not None and find_spec('ensurepip') is not None,
}))`

const commands = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10']
const leastMinor = 3010 // ministack requires Python >= 3.10

/** @returns the first Python on the PATH that will do, else the first that is there at all, else undefined. */
export async function findPython(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Python | undefined> {
  let fallback: Python | undefined
  for (const command of commands) {
    const path = await locate(command, env)
    const python = path === undefined ? undefined : await inspect(path, env, signal)
    if (python?.isNewEnough && python.hasVenv) return python
    if (!fallback || (python?.isNewEnough && !fallback.isNewEnough)) fallback = python
  }
  return fallback
}

async function inspect(path: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Python | undefined> {
  const { exitCode, output } = await runChild(path, ['-c', probe], { env, signal })
  if (exitCode !== 0) return undefined // a shim without a version behind it, a broken installation
  const parsed = Probe.safeParse(jsonOf(output))
  if (!parsed.success) return undefined
  const { version, executable, minor, venv } = parsed.data
  return { path, version, executable, isNewEnough: minor >= leastMinor, hasVenv: venv }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** @throws LabError LAB_PREREQUISITE_MISSING where no Python will do. */
export async function requirePython(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Python> {
  const python = await findPython(env, signal)
  if (python?.isNewEnough && python.hasVenv) return python
  throw new LabError('LAB_PREREQUISITE_MISSING', {
    what: 'Python 3.10 or newer with venv is needed',
    why: python
      ? `${python.path} is ${python.version}${python.hasVenv ? '' : ' without venv'}`
      : 'there is none on the PATH',
    fix: 'apt-get install -y python3 python3-venv; then run the command again ("npx lab doctor" shows all that is missing)',
  })
}
