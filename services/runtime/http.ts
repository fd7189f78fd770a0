import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
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
  server.closeIdleConnections()
  const cut = setTimeout(() => {
    server.closeAllConnections()
  }, graceMs)
  await closed
  clearTimeout(cut)
}
