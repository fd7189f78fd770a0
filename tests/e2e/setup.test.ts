import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pins } from '../../lab/install/pins.ts'
import { projectRoot } from '../support/documents.ts'
import { canUnshare } from '../support/namespaces.ts'

const run = promisify(execFile)

type Child = ChildProcessByStdio<null, Readable, Readable>

/** A machine's PATH without this process's own Node in front: what a user has who has just cloned. */
const userPath = (process.env['PATH'] ?? '')
  .split(':')
  .filter((folder) => !folder.includes('node_modules') && !folder.startsWith(join(projectRoot, '.lab')))
  .join(':')

let folder: string
let clone: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab set-up-'))
  clone = join(folder, 'clone')
  await run('git', ['clone', '--quiet', '--no-hardlinks', projectRoot, clone])
})
afterAll(() => rm(folder, { recursive: true, force: true }))

function start(command: string, args: readonly string[]): Child {
  const { LAB_HOME: _home, PORT_OFFSET: _offset, MAKEFLAGS: _flags, ...env } = process.env
  return spawn(command, args, { cwd: clone, env: { ...env, PATH: userPath }, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function finished(child: Child): Promise<{ code: number | null; output: string }> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, output }
}

/** Kills the command once it has said `text`, as a power cut would. */
async function killedAt(text: RegExp, child: Child): Promise<string> {
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (text.test(output)) child.kill('SIGKILL')
    })
  }
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null]
  expect({ code, signal }, output).toEqual({ code: null, signal: 'SIGKILL' })
  return output
}

/** Command lines of processes that name the clone. */
async function processesOfClone(): Promise<readonly string[]> {
  const found: string[] = []
  for (const pid of await readdir('/proc')) {
    if (!/^\d+$/.test(pid)) continue
    try {
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ')
      if (command.includes(clone)) found.push(command)
    } catch (error) {
      if (!['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    }
  }
  return found
}

const jar = `kafka_2.13-${pins.kafka.version}.jar`

async function flipByte(path: string): Promise<void> {
  const bytes = await readFile(path)
  bytes[1000] = bytes[1000]! ^ 1
  await writeFile(path, bytes)
}

const lab = (...args: readonly string[]): Child => start(join(clone, 'lab', 'bin', 'lab'), args)
const tools = (...parts: readonly string[]): string => join(clone, '.lab', 'tools', ...parts)

describe('set-up of a fresh clone', { timeout: 600_000 }, () => {
  test('goes on after a kill during the npm packages and two during the downloads, leaving no process behind', async () => {
    const before = [
      await killedAt(/npm packages/, lab('setup')),
      await killedAt(/Kafka [\d.]+: [\d.]+ of \d+ MB|MariaDB [\d.]+: /, lab('setup')),
      await killedAt(/Spark [\d.]+: [\d.]+ of 450 MB/, lab('setup')),
    ]
    await expect.poll(processesOfClone, { timeout: 20_000, interval: 200 }).toEqual([])

    const { code, output } = await finished(start('make', ['setup']))
    expect(code, output).toBe(0)
    for (const tool of ['Kafka', 'MariaDB', 'MiniStack', 'Spark', 'Delta'])
      expect([...before, output].join('')).toMatch(new RegExp(`${tool}.*: installed and checked`))
    expect(await readdir(tools('kafka', 'libs'))).toHaveLength(92)
    expect((await readdir(tools())).filter((name) => name.includes('draft'))).toEqual([])
    const server = await run(tools('mariadb', 'bin', 'mariadbd'), ['--no-defaults', '--version'])
    expect(server.stdout).toContain(`${pins.mariadb.version}-MariaDB`)
    for (const environment of ['venv', 'spark']) await run(tools(environment, 'bin', 'python'), ['-m', 'pip', 'check'])
    const spark = await run(tools('spark', 'bin', 'python'), ['-c', 'import pyspark; print(pyspark.__version__)'])
    expect(spark.stdout).toBe(`${pins.spark.version}\n`)
  })

  test.skipIf(!canUnshare())(
    'needs no network once it is done (needs the right to make a network namespace)',
    async () => {
      const { code, output } = await finished(start('unshare', ['-n', 'make', 'setup']))
      expect(code, output).toBe(0)
      expect(output).not.toMatch(/installed|download/)
      const npx = await finished(start('unshare', ['-n', 'npx', 'lab', 'urls']))
      expect(npx.code, npx.output).toBe(0)
    },
  )

  test('refuses a downloaded file that was tampered with, and downloads it again the next time', async () => {
    const cache = join(clone, '.lab', 'cache')
    const cached = (await readdir(cache, { recursive: true })).find((path) => path.endsWith(jar))
    await flipByte(join(cache, cached!))
    await rm(tools('kafka', 'libs', jar))

    const refused = await finished(lab('setup'))
    expect(refused.code, refused.output).toBe(3)
    expect(refused.output).toMatch(
      /error LAB_CHECKSUM_MISMATCH: kafka_2\.13-[\d.]+\.jar .*\n.*expected SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/,
    )
    const healed = await finished(lab('setup'))
    expect(healed.code, healed.output).toBe(0)
  })

  test('finds a changed byte of an installed tool when it looks deeply, and puts it right', async () => {
    await flipByte(tools('kafka', 'libs', jar))
    expect((await finished(lab('setup'))).output).not.toContain('installed and checked')
    const { code, output } = await finished(start('make', ['setup', 'DEEP=1']))
    expect(code, output).toBe(0)
    expect(output).toContain(`libs/${jar} was changed`)
    expect(output).toMatch(/MariaDB .*: every file is as installed/)
    expect(output).toMatch(/Kafka .*: installed and checked/)
  })
})
