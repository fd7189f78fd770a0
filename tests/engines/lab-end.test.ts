import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Readable } from 'node:stream'
import { describe, expect, test, vi } from 'vitest'
import { mysqlConnection } from '../../clients/mysql.ts'
import { nativeEngine } from '../../lab/engines/native/engine.ts'
import { processesOf } from '../../lab/engines/native/proc.ts'
import { serviceNames, type ServiceName } from '../../lab/graph.ts'
import { remainsOf, testLab, type TestLab } from './test-lab.ts'

const portOffset = 1_200
const eventually = { timeout: 15_000, interval: 50 }

async function untilNothingIsLeftOf(lab: TestLab): Promise<void> {
  await vi.waitFor(async () => {
    expect(await remainsOf(lab)).toEqual([])
  }, eventually)
}

function starter(lab: TestLab, services: readonly ServiceName[]) {
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [join(import.meta.dirname, 'starter.ts'), lab.home.root, String(portOffset), ...services],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    exited: once(child, 'exit') as Promise<[number | null, string | null]>,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    untilLine: async (wanted: string): Promise<void> => {
      for (;;) {
        const line = await lines.next()
        if (line.done) throw new Error(`the starter ended before it said "${wanted}"`)
        if (line.value === wanted) return
      }
    },
  }
}

describe('a lab that is not detached yet', () => {
  test('is gone after SIGKILL of the command that holds it', async () => {
    await using lab = await testLab({ portOffset })
    const command = starter(lab, ['mysql', 's3'])
    await command.untilLine('held')
    command.kill('SIGKILL')
    await untilNothingIsLeftOf(lab)
  })

  test('is gone after SIGKILL of the command in the middle of the start', async () => {
    await using lab = await testLab({ portOffset })
    const command = starter(lab, ['rest-proxy', 'mysql'])
    await command.untilLine('kafka starting')
    command.kill('SIGKILL')
    await untilNothingIsLeftOf(lab)
  })

  test.each([
    { when: 'in the middle of the start', line: 'kafka starting' },
    { when: 'while it is held', line: 'held' },
  ])('is gone when the command ends after Ctrl-C $when', async ({ line }) => {
    await using lab = await testLab({ portOffset })
    const command = starter(lab, ['kafka', 's3'])
    await command.untilLine(line)
    command.kill('SIGINT')
    expect(await command.exited).toEqual([130, null])
    expect(await remainsOf(lab)).toEqual([])
  })

  test('rejects with LAB_INTERRUPTED when its signal is aborted', async () => {
    await using lab = await testLab({ portOffset })
    const interrupt = new AbortController()
    const start = lab.start({ services: ['kafka'], signal: interrupt.signal })
    await vi.waitFor(() => {
      expect(lab.events).not.toEqual([])
    }, eventually)
    interrupt.abort()
    await expect(start).rejects.toMatchObject({ code: 'LAB_INTERRUPTED' })
    expect(await remainsOf(lab)).toEqual([])
  })
})

describe('a lab left to itself', () => {
  test('loses every process with its supervisor, and starts again on the same data', async () => {
    await using lab = await testLab({ portOffset })
    await lab.up(['mysql', 'rest-proxy'])
    const supervisor = (await processesOf(lab.home)).find(({ service }) => service === 'supervisor')!
    process.kill(supervisor.pid, 'SIGKILL')
    await untilNothingIsLeftOf(lab)
    expect((await nativeEngine.status(lab.home)).map(({ state }) => state)).toEqual(serviceNames.map(() => 'stopped'))
    await lab.up(['mysql'])
    expect((await lab.statusOf('mysql')).state).toBe('ready')
  })

  test('is stopped even when its supervisor hangs', async () => {
    await using lab = await testLab({ portOffset })
    await lab.up(['s3'])
    const supervisor = (await processesOf(lab.home)).find(({ service }) => service === 'supervisor')!
    process.kill(supervisor.pid, 'SIGSTOP')
    expect((await lab.statusOf('s3')).state).toBe('stopped')
    await lab.down()
    expect(await remainsOf(lab)).toEqual([])
  })

  test('runs beside another one with its own home and ports', async () => {
    await using lab = await testLab({ portOffset })
    await using other = await testLab({ portOffset: portOffset + 100 })
    await Promise.all([lab.up(['s3', 'mysql']), other.up(['s3', 'mysql'])])
    await lab.down()
    expect(await remainsOf(lab)).toEqual([])
    expect((await other.statusOf('mysql')).state).toBe('ready')
    expect((await other.statusOf('s3')).state).toBe('ready')
  })

  test('works in a home whose path has spaces and commas and is too long for a socket', async () => {
    const parent = join(tmpdir(), `pinlab, ${'deep '.repeat(20)}down`)
    await mkdir(parent, { recursive: true })
    try {
      await using lab = await testLab({ portOffset, parent })
      await lab.up(['mysql', 'kafka', 's3'])
      for (const name of ['mysql', 'kafka', 's3'] as const) expect((await lab.statusOf(name)).state).toBe('ready')
    } finally {
      await rm(parent, { recursive: true })
    }
  })
})

describe('a start that fails', () => {
  test('names what holds a taken port and starts nothing', async () => {
    await using lab = await testLab({ portOffset })
    const holder = createServer().listen(lab.profile.s3.port, '127.0.0.1')
    await once(holder, 'listening')
    try {
      await expect(lab.up(['s3', 'mysql'])).rejects.toMatchObject({
        code: 'LAB_PORT_TAKEN',
        what: expect.stringContaining('s3') as string,
        why: expect.stringContaining(`process ${String(process.pid)}`) as string,
      })
      expect(await processesOf(lab.home)).toEqual([])
    } finally {
      holder.close()
    }
  })

  test('shows the last lines of the service and leaves nothing running', async () => {
    await using lab = await testLab({ portOffset })
    await mkdir(lab.home.data('mysql'), { recursive: true })
    await writeFile(join(lab.home.data('mysql'), 'ibdata1'), 'not a table space')
    const failed: unknown = await lab.up(['mysql', 's3']).catch((error: unknown) => error)
    expect(failed).toMatchObject({
      code: 'LAB_SERVICE_FAILED',
      what: 'mysql did not come up',
      why: expect.stringMatching(/exit code \d+/) as string,
      fix: expect.stringContaining('lab logs mysql') as string,
    })
    expect((failed as { lastLogLines: string[] }).lastLogLines.join('\n')).toContain(
      'InnoDB: Plugin initialization aborted',
    )
    await untilNothingIsLeftOf(lab)
  })

  test('says that a home which is no folder cannot hold the lab', async () => {
    await using lab = await testLab({ portOffset })
    await writeFile(lab.home.logs, 'a file')
    await expect(lab.up(['s3'])).rejects.toMatchObject({ code: 'LAB_STATE_BROKEN' })
  })
})

test('an initialisation of MySQL that was cut short is done anew', async () => {
  await using lab = await testLab({ portOffset })
  const partial = `${lab.home.data('mysql')}.partial`
  await mkdir(partial, { recursive: true })
  await writeFile(join(partial, 'ibdata1'), 'half written')
  await lab.up(['mysql'])
  const connection = await mysqlConnection({
    host: lab.profile.mysql.host,
    port: lab.profile.mysql.port,
    user: 'root',
    password: lab.credentials.mysqlRootPassword,
  })
  await connection.query('SELECT 1')
  await connection.end()
  expect(await readdir(dirname(partial))).not.toContain('mysql.partial')
})

test('keeps secrets out of other users’ reach', async () => {
  await using lab = await testLab({ portOffset })
  await lab.up(['mysql'])
  const accounts = await readFile(join(dirname(lab.home.data('mysql')), 'mysql-accounts.sql'), 'utf8')
  expect(accounts).toContain(lab.credentials.mysqlPassword)
  const commandLines = await Promise.all(
    (await processesOf(lab.home)).map(async ({ pid }) => readFile(`/proc/${String(pid)}/cmdline`, 'utf8')),
  )
  for (const secret of Object.values(lab.credentials)) expect(commandLines.join('\n')).not.toContain(secret)
})
