import { connect, type Socket } from 'node:net'
import { ResponseParser, type Progress } from './response-parser.ts'

/** Connections to one backend; requests beyond them wait, and their timeout runs meanwhile. */
const maxConnections = 128
const readBufferBytes = 16 * 1024
/** Up to here head and body go out as one string, which costs less than two buffers. */
const maxJoinedBytes = 16 * 1024
/** A connection idle for longer may be closing on the other side; servers that say how long are believed, less a second. */
const defaultIdleMs = 4_000

export interface BackendRequest {
  readonly method: string
  /** Request target and headers with Host, without the length of the body: names and values are trusted to be well formed. */
  readonly target: string
  readonly headers: readonly string[]
  readonly body: Buffer | undefined
  readonly onBody: (chunk: Buffer) => boolean
  readonly onResponse: (response: ResponseParser) => void
  readonly onFailure: (why: string) => void
}

export interface BackendPool extends AsyncDisposable {
  /** Sends once, never again. @returns a function that gives the request up, with no further call. */
  readonly send: (request: BackendRequest) => () => void
}

/** Keep-alive connections to one `http://host:port`, one request at a time on each. */
export function backendPool(origin: string): BackendPool {
  const { hostname, port, host } = new URL(origin)
  const address = { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port === '' ? 80 : port) }
  const idle: Connection[] = []
  const open = new Set<Connection>()
  let waiting: BackendRequest[] = []

  const next = (connection?: Connection): void => {
    const request = waiting.shift()
    if (request) start(request, connection)
    else if (connection) idle.push(connection)
  }
  const start = (request: BackendRequest, connection = freshConnection()): Connection => {
    connection.send(request, host)
    return connection
  }
  const freshConnection = (): Connection => {
    const connection: Connection = new Connection(address, {
      onIdle: () => {
        next(connection)
      },
      onClose: () => {
        open.delete(connection)
        const index = idle.indexOf(connection)
        if (index >= 0) idle.splice(index, 1)
        if (open.size < maxConnections) next()
      },
    })
    open.add(connection)
    return connection
  }
  const idleConnection = (): Connection | undefined => {
    for (;;) {
      const connection = idle.pop()
      if (!connection?.isStale()) return connection
      connection.destroy()
    }
  }

  return {
    send: (request) => {
      const connection = idleConnection() ?? (open.size < maxConnections ? freshConnection() : undefined)
      if (connection) start(request, connection)
      else waiting.push(request)
      return () => {
        waiting = waiting.filter((other) => other !== request)
        for (const each of open) each.giveUp(request)
      }
    },
    [Symbol.asyncDispose]: async () => {
      waiting = []
      for (const connection of open) connection.destroy()
      await Promise.resolve()
    },
  }
}

interface ConnectionEvents {
  readonly onIdle: () => void
  readonly onClose: () => void
}

class Connection {
  readonly #socket: Socket
  readonly #onIdle: () => void
  #request: BackendRequest | undefined
  #parser: ResponseParser | undefined
  #idleSinceMs = 0
  #idleMs = defaultIdleMs
  #error = 'the backend closed the connection before its response was whole'

  constructor(address: { host: string; port: number }, { onIdle, onClose }: ConnectionEvents) {
    this.#onIdle = onIdle
    this.#socket = connect({
      ...address,
      noDelay: true,
      onread: {
        buffer: Buffer.allocUnsafe(readBufferBytes),
        callback: (byteCount, buffer) => {
          this.#read((buffer as Buffer).subarray(0, byteCount))
          return true
        },
      },
    })
    this.#socket.on('error', (error) => {
      this.#error = error.message
    })
    this.#socket.on('end', () => {
      if (this.#parser) this.#progress(this.#parser.end())
      this.destroy()
    })
    this.#socket.on('close', () => {
      this.#fail(this.#error)
      onClose()
    })
  }

  send(request: BackendRequest, host: string): void {
    this.#request = request
    this.#parser = new ResponseParser(request.method, request.onBody)
    const { method, target, headers, body } = request
    let head = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\n`
    for (let index = 0; index < headers.length; index += 2)
      head += `${headers[index] ?? ''}: ${headers[index + 1] ?? ''}\r\n`
    if (body || method === 'POST' || method === 'PUT' || method === 'PATCH')
      head += `content-length: ${String(body?.length ?? 0)}\r\n`
    head += '\r\n'
    if (!body) this.#socket.write(head, 'latin1')
    else if (body.length <= maxJoinedBytes) this.#socket.write(head + body.toString('latin1'), 'latin1')
    else {
      this.#socket.cork()
      this.#socket.write(head, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    }
  }

  isStale(): boolean {
    return this.#socket.destroyed || performance.now() - this.#idleSinceMs > this.#idleMs
  }

  giveUp(request: BackendRequest): void {
    if (this.#request !== request) return
    this.#request = undefined
    this.destroy()
  }

  destroy(): void {
    this.#socket.destroy()
  }

  #read(bytes: Buffer): void {
    if (this.#parser) this.#progress(this.#parser.push(bytes))
    else this.destroy() // bytes that nobody asked for
  }

  #progress(progress: Progress): void {
    const parser = this.#parser
    if (progress === 'more' || !parser) return
    if (progress === 'failed') {
      this.#fail(parser.failure)
      this.destroy()
      return
    }
    const request = this.#request
    this.#request = undefined
    this.#parser = undefined
    if (parser.isReusable && !this.#socket.writableNeedDrain) {
      this.#idleSinceMs = performance.now()
      this.#idleMs = parser.keepAliveSeconds === undefined ? defaultIdleMs : (parser.keepAliveSeconds - 1) * 1_000
      this.#onIdle()
    } else this.destroy()
    request?.onResponse(parser)
  }

  #fail(why: string): void {
    const request = this.#request
    this.#request = undefined
    this.#parser = undefined
    request?.onFailure(why)
  }
}
