import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { expect, it, test } from 'vitest'
import { assertPortsFree, portHolder } from '../../../lab/ports.ts'

async function listeningOn(host: string) {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close()
      await once(server, 'close')
    },
  }
}

it.each(['127.0.0.1', '0.0.0.0', '::'])('names the process that listens on %s', async (host) => {
  await using taken = await listeningOn(host)
  expect(await portHolder(taken.port)).toMatchObject({ pid: process.pid })
})

test('names the command of another process', async () => {
  const script = "require('net').createServer().listen(0,'127.0.0.1',function(){console.log(this.address().port)})"
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer]
    const error: unknown = await assertPortsFree([{ service: 'gateway', port: Number(line.toString()) }]).catch(
      (thrown: unknown) => thrown,
    )
    expect(error).toMatchObject({ code: 'LAB_PORT_TAKEN', what: expect.stringContaining('gateway') as string })
    expect(error).toMatchObject({
      why: expect.stringContaining(`process ${String(child.pid)} (${process.execPath.slice(0, 20)}`) as string,
    })
    expect(error).toMatchObject({ fix: expect.stringContaining('PORT_OFFSET') as string })
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})

test('finds a port free again once its holder closed it', async () => {
  let port: number
  {
    await using taken = await listeningOn('127.0.0.1')
    port = taken.port
  }
  expect(await portHolder(port)).toBeUndefined()
  await assertPortsFree([{ service: 'gateway', port }])
})
