import { mkdir, rm, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { mysqlConnection } from '../../../../clients/mysql.ts'
import { databaseName } from '../../../../contract/index.ts'
import { freshFolder } from './fresh-folder.ts'
import { runTool } from './run-tool.ts'
import { type ProcessSpec } from './spec.ts'

export interface MysqlProcessOptions {
  /** MariaDB's base folder. */
  readonly basedir: string
  readonly dataDir: string
  /** Unix socket of the server: at most 107 bytes. The pipeline does not use it, but the server insists on one. */
  readonly socketPath: string
  readonly port: number
  readonly rootPassword: string
  /** The pipeline's account: reads the source tables and nothing else. */
  readonly reader: { readonly user: string; readonly password: string }
}

const host = '127.0.0.1'
/** Large enough that loading millions of rows does not wait for checkpoints. */
const redoLog = '--innodb-log-file-size=96M'

/**
 * What scripts/mariadb-install-db feeds to the server, without the help tables. Not by that script: it breaks on a path with a space, and
 * its server would outlive it when it is killed.
 */
const systemTables = [
  'mariadb_system_tables.sql',
  'mariadb_performance_tables.sql',
  'mariadb_system_tables_data.sql',
  'maria_add_gis_sp_bootstrap.sql',
  'mariadb_sys_schema.sql',
]

/** MariaDB speaking MySQL's protocol. Ready means that root logs in and SELECT 1 answers. */
export function mysqlProcess(options: MysqlProcessOptions): ProcessSpec {
  const { basedir, dataDir, socketPath, port, rootPassword } = options
  const asRoot = userInfo().uid === 0 ? ['--user=root'] : []
  const paths = [`--basedir=${basedir}`, `--lc-messages-dir=${join(basedir, 'share')}`, ...asRoot]
  const server = join(basedir, 'bin', 'mariadbd')
  const initFile = join(dirname(dataDir), 'mysql-accounts.sql')
  const prepare = async (signal: AbortSignal): Promise<void> => {
    await freshFolder(dataDir, async (partial) => {
      await mkdir(partial, { recursive: true, mode: 0o700 })
      await runTool(
        {
          command: server,
          args: [
            '--no-defaults',
            ...paths,
            `--datadir=${partial}`,
            '--bootstrap',
            '--log-warnings=0',
            '--max-allowed-packet=8M',
            redoLog,
            '--innodb-flush-log-at-trx-commit=0', // an initialisation that was cut short is thrown away anyway
          ],
          input: {
            text: 'CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n',
            files: systemTables.map((name) => join(basedir, 'share', name)),
          },
        },
        signal,
      )
    })
    await mkdir(dirname(socketPath), { recursive: true, mode: 0o700 })
    await rm(initFile, { force: true })
    await writeFile(initFile, accounts(options), { mode: 0o600 })
  }
  return {
    name: 'mysql',
    command: server,
    args: [
      '--no-defaults',
      ...paths,
      `--datadir=${dataDir}`,
      `--init-file=${initFile}`,
      `--socket=${socketPath}`,
      `--pid-file=${join(dataDir, 'mysqld.pid')}`,
      `--bind-address=${host}`,
      `--port=${String(port)}`,
      '--skip-name-resolve',
      '--skip-ssl', // else it makes a fresh RSA key at every start: 2 to 9 s of computing
      '--skip-log-bin',
      '--performance-schema=OFF',
      '--character-set-server=utf8mb4',
      '--default-time-zone=+00:00',
      '--max-allowed-packet=64M',
      redoLog,
      '--innodb-buffer-pool-size=128M',
      '--innodb-flush-log-at-trx-commit=2', // kept over a killed server; only a lost machine costs the last second of rows
      '--key-buffer-size=1M',
      '--aria-pagecache-buffer-size=8M',
      '--table-open-cache=200',
      '--max-connections=100',
    ],
    env: {},
    ports: [port],
    prepare,
    readiness: 'a login and SELECT 1',
    probe: async () => {
      const connection = await mysqlConnection({ host, port, user: 'root', password: rootPassword })
      try {
        await connection.query('SELECT 1')
      } finally {
        await connection.end()
      }
    },
    readyTimeoutMs: 60_000,
    stopTimeoutMs: 15_000,
  }
}

/** Run by the server at every start before it takes connections, so its accounts always are the ones of this lab's credentials. */
function accounts({ rootPassword, reader }: MysqlProcessOptions): string {
  const root = `'root'@'${host}'`
  const pipeline = `${quoted(reader.user)}@'${host}'`
  return [
    `CREATE OR REPLACE USER ${root} IDENTIFIED BY ${quoted(rootPassword)};`,
    `GRANT ALL PRIVILEGES ON *.* TO ${root} WITH GRANT OPTION;`,
    `DROP USER IF EXISTS 'root'@'localhost', 'root'@'::1', ''@'localhost';`,
    `CREATE DATABASE IF NOT EXISTS \`${databaseName}\` CHARACTER SET utf8mb4;`,
    `CREATE OR REPLACE USER ${pipeline} IDENTIFIED BY ${quoted(reader.password)};`,
    `GRANT SELECT ON \`${databaseName}\`.* TO ${pipeline};`,
    '',
  ].join('\n')
}

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
