import { type Server } from 'node:http'
import { type Socket } from 'node:net'
import { listen, type Listening, type ListenOptions } from '../../runtime/http.ts'
import { ByteBudget } from './byte-budget.ts'
import { type Handler } from './exchange.ts'
import { http1Server } from './serve-http1.ts'
import { http2Serving } from './serve-http2.ts'

/** How an HTTP/2 connection begins; no HTTP/1.1 method does. RFC 9113, section 3.4. */
const prefaceStart = Buffer.from('PRI ')
/** A connection that says nothing for so long is closed. */
const firstBytesTimeoutMs = 75_000

/**
 * HTTP/1.1 and cleartext HTTP/2 with prior knowledge on one port: the first bytes of a connection tell which.
 *
 * @throws LabError LAB_PORT_TAKEN; disposal stops accepting, lets requests finish, then cuts what is left
 */
export async function listenOnOnePort(
  handler: Handler,
  { maxBufferedBytes, ...options }: ListenOptions & { readonly maxBufferedBytes: number },
): Promise<Listening> {
  const budget = new ByteBudget(maxBufferedBytes)
  const http1 = http1Server(handler, budget)
  const http2 = http2Serving(handler, budget, maxBufferedBytes)
  const silent = sortConnections(http1, (socket) => http2.server.emit('connection', socket))
  const listening = await listen(http1, options)
  return {
    port: listening.port,
    [Symbol.asyncDispose]: async () => {
      const cut = setTimeout(http2.cut, options.graceMs)
      http2.finish()
      for (const socket of silent) socket.destroy()
      await listening[Symbol.asyncDispose]()
      clearTimeout(cut)
    },
  }
}

/** Puts itself before the server's own handling of connections. @returns the connections that have said nothing yet */
function sortConnections(http1: Server, serveHttp2: (socket: Socket) => void): ReadonlySet<Socket> {
  const [serveHttp1] = http1.listeners('connection') as ((socket: Socket) => void)[]
  if (serveHttp1 === undefined) throw new Error('node:http serves connections otherwise than this expects')
  http1.removeAllListeners('connection')
  const silent = new Set<Socket>()
  http1.on('connection', (socket: Socket) => {
    silent.add(socket)
    let head: Buffer = Buffer.alloc(0)
    const drop = (): void => {
      socket.destroy()
    }
    const look = (): void => {
      const chunk = socket.read() as Buffer | null
      if (chunk === null) return
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk])
      const isHttp2 = head.subarray(0, prefaceStart.length).equals(prefaceStart.subarray(0, head.length))
      if (isHttp2 && head.length < prefaceStart.length) return
      socket.off('readable', look).off('end', drop).off('error', drop).off('timeout', drop).setTimeout(0)
      silent.delete(socket)
      socket.unshift(head)
      if (isHttp2) serveHttp2(socket)
      else serveHttp1.call(http1, socket)
    }
    socket.on('readable', look).on('end', drop).on('error', drop).setTimeout(firstBytesTimeoutMs, drop)
    socket.once('close', () => silent.delete(socket))
  })
  return silent
}
