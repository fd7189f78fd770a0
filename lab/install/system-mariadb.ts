import { mkdir, readdir, symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { LabError } from '../../contract/index.ts'
import { isAbsent, locate } from './locate.ts'
import { boundToNothing, type InstallContext, type Tool } from './tool.ts'

const programs = [
  ['mariadbd', 'bin/mariadbd'],
  ['mariadbd', 'sbin/mariadbd'], // where Debian's mariadb-install-db looks for it
  ['my_print_defaults', 'bin/my_print_defaults'],
  ['resolveip', 'bin/resolveip'],
  ['mariadb-install-db', 'scripts/mariadb-install-db'],
] as const

/** Debian's MariaDB (package mariadb-server-core) under the base folder's layout, for where the jar has no program. */
export const systemMariadb: Tool = {
  name: 'MariaDB of the system',
  folder: 'mariadb',
  source: 'system',
  pin: 'system',
  downloadBytes: 0,
  landmarks: programs.map(([, path]) => ({ path })),
  boundTo: boundToNothing,
  install: async ({ draft, env }: InstallContext) => {
    for (const [program, path] of programs) {
      const found = await locate(program, env)
      if (found === undefined) throw missing(program)
      await mkdir(dirname(join(draft, path)), { recursive: true })
      await symlink(found, join(draft, path))
    }
    await linkShare(join(draft, 'share'))
  },
}

/** mariadbd looks for its messages in share/, mariadb-install-db for its SQL in share/mysql/ where it is a distribution's. */
async function linkShare(share: string): Promise<void> {
  const system = await firstFolder(['/usr/share/mysql', '/usr/share/mariadb'])
  await mkdir(share)
  for (const entry of await readdir(system)) await symlink(join(system, entry), join(share, entry))
  await symlink(system, join(share, 'mysql'))
}

async function firstFolder(folders: readonly string[]): Promise<string> {
  for (const folder of folders) {
    if ((await readdirIfThere(folder)).includes('english')) return folder
  }
  throw missing('share folder')
}

async function readdirIfThere(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

const missing = (program: string): LabError =>
  new LabError('LAB_PREREQUISITE_MISSING', {
    what: `MariaDB's ${program} is not installed`,
    why: 'the MariaDB that the lab brings along runs on x64 only, and on this machine there is none',
    fix: 'apt-get install -y --no-install-recommends mariadb-server-core mariadb-client-core; then run the command again',
  })
