import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { type LabHome } from '../../home.ts'
import { type EngineEvent, ServiceFailed } from '../engine.ts'
import { Reply, toLine, type Request } from './protocol.ts'
import { socketPath } from './socket-path.ts'

type FinalReply = Exclude<Reply, { is: 'event' } | { is: 'failed' }>

/** A connection to the supervisor of a lab. */
export class SupervisorClient implements AsyncDisposable {
  readonly #socket: Socket
  readonly #replies: AsyncIterator<string>

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => undefined) // its close follows
    this.#replies = createInterface({ input: socket })[Symbol.asyncIterator]()
  }

  /** Undefined where no supervisor listens. */
  static async connect(home: LabHome): Promise<SupervisorClient | undefined> {
    const socket = createConnection(socketPath(home, 'supervisor.sock'))
    try {
      await once(socket, 'connect')
      return new SupervisorClient(socket)
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (['ENOENT', 'ECONNREFUSED', 'ENOTDIR', 'ECONNRESET'].includes(code)) return undefined
      throw error
    }
  }

  /**
   * Undefined when the supervisor ended before it answered.
   * @throws ServiceFailed with what it answered
   */
  async ask(request: Request, onEvent?: (event: EngineEvent) => void): Promise<FinalReply | undefined> {
    this.tell(request)
    return this.answer(onEvent)
  }

  /** The next answer; see `ask`. */
  async answer(onEvent?: (event: EngineEvent) => void): Promise<FinalReply | undefined> {
    for (;;) {
      const line = await this.#replies.next()
      if (line.done) return undefined
      const reply = Reply.parse(JSON.parse(line.value))
      switch (reply.is) {
        case 'event':
          onEvent?.(reply.event)
          break
        case 'failed':
          throw new ServiceFailed(reply.code, reply, reply.lastLogLines)
        case 'done':
        case 'released':
        case 'status':
          return reply
      }
    }
  }

  /** Says it without waiting for the answer. */
  tell(request: Request): void {
    if (this.#socket.writable) this.#socket.write(toLine(request))
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#socket.destroy()
    return Promise.resolve()
  }
}
