import { hash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, realpath } from 'node:fs/promises'
import { createServer } from 'node:net'
import { LabError } from '../../../contract/errors.ts'

/**
 * Keeps a folder for this process until disposed or until the process ends in whatever way: a name in Linux's abstract namespace of
 * sockets, of which the system keeps one holder and no file.
 *
 * @param folder is made if it is not there
 * @throws LabError LAB_ALREADY_RUNNING when another process holds it
 */
export async function holdFolder(folder: string): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true })
  const path = await realpath(folder)
  const holder = createServer((socket) => socket.destroy())
  holder.listen(`\0pinlab-kinesis-${hash('sha256', path)}`)
  try {
    await once(holder, 'listening')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw cause
    throw new LabError('LAB_ALREADY_RUNNING', {
      what: `the streams in ${path} cannot be opened`,
      why: 'another Kinesis service has them open, and two writers would damage them',
      fix: 'stop the other one (ps -ef | grep services/kinesis shows it), or give this one another dataDir',
      cause,
    })
  }
  holder.unref()
  return {
    [Symbol.asyncDispose]: async () => {
      const closed = once(holder, 'close')
      holder.close()
      await closed
    },
  }
}
