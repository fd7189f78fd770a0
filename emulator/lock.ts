import { createServer } from 'node:net'
import { isErrnoException } from './errno.ts'

/**
 * Takes an advisory lock among the processes of this machine, or answers undefined when another one holds it. It is the name
 * of an abstract Unix socket (Linux): taking it is atomic, and the kernel frees it when its holder ends, kill -9 included, so
 * no stale lock is ever met.
 */
export async function tryLock(name: string): Promise<AsyncDisposable | undefined> {
  const server = createServer((socket) => socket.destroy())
  const { promise, resolve, reject } = Promise.withResolvers<boolean>()
  server.once('error', (error) => {
    if (isErrnoException(error) && error.code === 'EADDRINUSE') resolve(false)
    else reject(error)
  })
  server.listen(`\0pinlab-${name}`, () => {
    resolve(true)
  })
  if (!(await promise)) return undefined
  server.unref()
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((done) => {
        server.close(() => {
          done()
        })
      }),
  }
}
