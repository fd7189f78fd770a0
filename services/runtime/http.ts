import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setInterval } from 'node:timers/promises'
import { LabError } from '../../contract/errors.ts'

export interface Listening extends AsyncDisposable {
  readonly port: number
}

export interface ListenOptions {
  readonly service: string
  readonly host: string
  /** 0: the OS chooses. */
  readonly port: number
  /** Requests under way have this long to finish when the server stops. */
  readonly graceMs: number
}

/** @throws LabError LAB_PORT_TAKEN; disposal stops accepting, lets requests finish, then cuts what is left. */
export async function listen(server: Server, { service, host, port, graceMs }: ListenOptions): Promise<Listening> {
  server.listen({ host, port, backlog: 4_096 })
  try {
    await once(server, 'listening')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause
    throw new LabError('LAB_PORT_TAKEN', {
      what: `${service} cannot listen on ${host}:${String(port)}`,
      why: 'another program holds the port',
      fix: `free it (lsof -i :${String(port)} shows the holder), or move the lab with PORT_OFFSET`,
      cause,
    })
  }
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: () => close(server, graceMs),
  }
}

async function close(server: Server, graceMs: number): Promise<void> {
  if (!server.listening) return
  const closed = once(server, 'close')
  server.close()
  const stopped = new AbortController()
  const cut = setTimeout(() => {
    server.closeAllConnections()
  }, graceMs)
  void closed.finally(() => {
    clearTimeout(cut)
    stopped.abort()
  })
  await closeIdle(server, stopped.signal)
  await closed
}

/** A connection kept alive becomes idle only after its last answer, so it is looked for until the server is closed. */
async function closeIdle(server: Server, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of setInterval(20, undefined, { signal })) server.closeIdleConnections()
  } catch (error) {
    if (!signal.aborted) throw error
  }
}
