import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { verifyFile } from './checksum.ts'
import { runChild } from './child.ts'
import { diskFull } from './disk-full.ts'
import { jarTool } from './jars.ts'
import { isAbsent } from './locate.ts'
import { digestOf, pins } from './pins.ts'
import { pipDownload, pipFolder } from './pip.ts'
import { boundToPython, makeEnvironment } from './python-environment.ts'
import { type InstallContext, type Tool } from './tool.ts'

const { version, archive, wheelsBytes } = pins.spark
const name = `Spark ${version}`
const lock = 'spark/requirements.lock'
const release = `pyspark-${version}`
const archiveName = `${release}.tar.gz`

/** Below the tool's folder, and not in site-packages, so that Spark's path does not depend on the version of Python. */
const packageFolder = 'python'

/**
 * A Python environment with Spark, its jars, what our stream job imports, and the linter of our Python. PyPI has pyspark as an
 * archive of sources only, whose "build" packs it anew and moves some folders: it is unpacked to where its build would put it.
 */
export const spark: Tool = {
  name,
  folder: 'spark',
  source: 'pip',
  pin: `${archive.sha256} ${digestOf(lock)}`,
  downloadBytes: archive.bytes + wheelsBytes,
  landmarks: [
    { path: 'bin/python' },
    { path: 'bin/ruff' },
    { path: 'python/pyspark/version.py' },
    { path: `python/pyspark/jars/spark-core_2.13-${version}.jar` },
  ],
  boundTo: boundToPython,
  install: async (context) => {
    await makeEnvironment({ label: name, lock, totalBytes: wheelsBytes, compile: false }, context)
    await unpack(await downloadedArchive(context), context)
    const [python = ''] = (await readdir(join(context.draft, 'lib'))).filter((folder) => folder.startsWith('python3'))
    // a relative path in a .pth file is one below site-packages
    await writeFile(join(context.draft, 'lib', python, 'site-packages', 'pyspark.pth'), `../../../${packageFolder}\n`)
  },
}

/** Delta tables and S3A: what Spark reads and writes with beyond its own jars. */
export const sparkJars: Tool = jarTool({
  name: `Delta ${pins.delta.version} for Spark`,
  folder: 'spark-jars',
  pins: 'spark',
})

/** @returns path of the archive in the cache, checked. */
async function downloadedArchive(context: InstallContext): Promise<string> {
  const path = join(pipFolder(context.cache), archiveName)
  try {
    await verifyFile(path, archive)
    return path
  } catch (error) {
    if (error instanceof LabError) await rm(path)
    else if (!isAbsent(error)) throw error
  }
  const requirements = join(context.draft, 'pyspark.lock')
  await writeFile(requirements, `pyspark==${version} --hash=sha256:${archive.sha256}\n`)
  const what = [
    '--no-cache-dir', // ours is the cache
    '--no-build-isolation', // else pip fetches a setuptools of its choice
    '--require-hashes',
    '--no-binary',
    'pyspark',
    '--no-deps',
    '-r',
    requirements,
  ]
  const isWanted = (file: string): boolean => file === archiveName
  await pipDownload({ label: name, what, isWanted, totalBytes: archive.bytes }, context)
  await rm(requirements)
  await verifyFile(path, archive)
  return path
}

/** As the archive's setup.py lays it out, without examples and sample data. */
async function unpack(path: string, { draft, env, signal, onProgress }: InstallContext): Promise<void> {
  onProgress(`${name}: unpacking, 470 MB`)
  const folder = join(draft, packageFolder)
  await mkdir(folder)
  const args = [
    '-xzf',
    path,
    '-C',
    folder,
    '--no-same-owner',
    `--transform=s,^${release}/deps/,pyspark/,;s,^${release}/,,`,
    ...['pyspark', 'deps/jars', 'deps/bin'].map((part) => `${release}/${part}`),
  ]
  const { exitCode, output } = await runChild('tar', args, { env, signal })
  if (exitCode === 0) return
  if (output.includes('No space left')) throw diskFull(name)
  throw new LabError('LAB_STATE_BROKEN', {
    what: `${name} could not be unpacked`,
    why: output.trim().slice(-400),
    fix: 'run the command again; if it stays so, run "npx lab clean --all" first',
  })
}
