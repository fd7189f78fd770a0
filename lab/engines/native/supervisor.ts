import { chmodSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import { LabError } from '../../../contract/index.ts'
import { withDependencies } from '../../graph.ts'
import { labHome, type LabHome } from '../../home.ts'
import { homeMark } from './proc.ts'
import { Request, toLine, type Reply } from './protocol.ts'
import { homeDigest, makeSocketFolder, removeSocket, socketPath } from './socket-path.ts'
import { SupervisedLab } from './supervised-lab.ts'

/** A supervisor that nobody asks to start a lab has no reason to stay. */
const idleTimeoutMs = 15_000
const takenExitCode = 3

/**
 * The process that owns a lab's services. It lives until it is told to stop, or until the commands that are starting the lab are gone
 * without having said `detach`. The services cannot outlive it.
 */
class Supervisor {
  readonly #home: LabHome
  readonly #listeners = new Set<Socket>()
  readonly #leases = new Set<Socket>()
  #lab: SupervisedLab | undefined
  #detached = false
  #stopping: Promise<void> | undefined

  constructor(home: LabHome) {
    this.#home = home
  }

  accept(socket: Socket): void {
    socket.on('error', () => undefined) // its close follows, which is what counts
    socket.on('close', () => {
      this.#listeners.delete(socket)
      void this.#release(socket)
    })
    createInterface({ input: socket }).on('line', (line) => {
      void this.#answer(socket, line)
    })
  }

  exitIfIdle(): void {
    if (this.#lab === undefined) process.exit(0)
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#lab?.stop() ?? Promise.resolve()
    await this.#stopping
    removeSocket(this.#home, socketPath(this.#home, 'supervisor.sock'))
    setImmediate(() => process.exit(0)) // after the replies of those who wait for the stop
  }

  async #answer(socket: Socket, line: string): Promise<void> {
    const say = (reply: Reply): void => {
      if (socket.writable) socket.write(toLine(reply))
    }
    try {
      say(await this.#do(Request.parse(JSON.parse(line)), socket))
    } catch (error) {
      const known = error instanceof LabError ? error : unexpected(error)
      const { code, what, why, fix } = known
      const lastLogLines = 'lastLogLines' in known ? (known.lastLogLines as string[]) : []
      say({ is: 'failed', code, what, why, fix, lastLogLines })
    }
  }

  async #do(request: Request, socket: Socket): Promise<Reply> {
    switch (request.do) {
      case 'start':
        await this.#start(request, socket)
        return { is: 'done' }
      case 'detach':
        this.#detached = true
        return { is: 'done' }
      case 'release':
        return { is: 'released', stopped: await this.#release(socket) }
      case 'status':
        return { is: 'status', services: (await this.#lab?.status()) ?? [] }
      case 'stop':
        this.#listeners.add(socket)
        await this.stop()
        return { is: 'done' }
      case 'restart':
        await this.#running().service(request.service).stop()
        await this.#running().service(request.service).start()
        return { is: 'done' }
      case 'startService':
        await this.#running().start(withDependencies([request.service]))
        return { is: 'done' }
      case 'stopService':
        await this.#running().service(request.service).stop()
        return { is: 'done' }
    }
  }

  async #start({ profile, credentials, services }: Extract<Request, { do: 'start' }>, socket: Socket): Promise<void> {
    if (this.#stopping) throw alreadyRunning(this.#home, 'it is being stopped right now', 'wait a moment and try again')
    this.#lab ??= new SupervisedLab({ profile, credentials, home: this.#home }, (event) => {
      for (const listener of this.#listeners) if (listener.writable) listener.write(toLine({ is: 'event', event }))
    })
    if (JSON.stringify(this.#lab.profile) !== JSON.stringify(profile)) {
      const why = 'it runs with other settings (user id, ports, partitions, flush size, paths, shards or template)'
      throw alreadyRunning(
        this.#home,
        why,
        'make down, then start it with the new settings; or set LAB_HOME for a second lab',
      )
    }
    this.#listeners.add(socket)
    this.#leases.add(socket)
    try {
      await this.#lab.start(services)
    } catch (error) {
      if (!this.#detached) await this.stop()
      throw error
    }
  }

  /** True when the lab was stopped because nobody holds it any more. */
  async #release(socket: Socket): Promise<boolean> {
    const wasLast = this.#leases.delete(socket) && this.#leases.size === 0
    if (!wasLast || this.#detached) return false
    await this.stop()
    return true
  }

  #running(): SupervisedLab {
    if (this.#lab) return this.#lab
    throw new LabError('LAB_NOT_RUNNING', {
      what: `the lab in ${this.#home.root} is not running`,
      why: 'nothing has been started yet',
      fix: 'make up',
    })
  }
}

const alreadyRunning = ({ root }: LabHome, why: string, fix: string): LabError =>
  new LabError('LAB_ALREADY_RUNNING', { what: `the lab in ${root} cannot be started`, why, fix })

const unexpected = (error: unknown): LabError =>
  new LabError('LAB_SERVICE_FAILED', {
    what: "the lab's supervisor could not do what it was asked",
    why: error instanceof Error ? error.message : String(error),
    fix: 'make down, then make up; logs/supervisor.log may say more',
    cause: error,
  })

/** One supervisor a lab: the kernel gives the name to one process only, and takes it back when that process is gone. */
async function takeLock(home: LabHome): Promise<void> {
  const lock = createServer()
  lock.on('error', () => {
    process.exit(takenExitCode)
  })
  await listening(lock, `\0pinlab-${homeDigest(home)}`)
  lock.unref()
}

const listening = async (server: Server, path: string): Promise<void> =>
  new Promise((resolve) => {
    server.listen(path, resolve)
  })

const home = labHome(process.env[homeMark])
await takeLock(home)
const path = socketPath(home, 'supervisor.sock')
makeSocketFolder(dirname(path))
rmSync(path, { force: true }) // of a supervisor that was killed: the lock says that none is alive
const supervisor = new Supervisor(home)
const server = createServer((socket) => {
  supervisor.accept(socket)
})
await listening(server, path)
chmodSync(path, 0o600)
setTimeout(() => {
  supervisor.exitIfIdle()
}, idleTimeoutMs).unref()
for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => void supervisor.stop())
process.on('SIGHUP', () => undefined) // the terminal that started it may close
