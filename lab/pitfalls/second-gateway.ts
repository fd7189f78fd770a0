import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { nodeServiceProcess } from '../engines/native/processes/node-service.ts'
import { spawnProcess, untilReady } from '../engines/native/processes/spawn.ts'
import { gatewayConfig } from '../engines/native/services.ts'
import { type PitfallSite } from './pitfall.ts'

export interface SecondGateway extends AsyncDisposable {
  readonly invokeUrl: string
}

/** The lab's gateway once more, on a port of its own, with other stage variables: so that the lab's own goes on as it is. */
export async function secondGateway(
  { lab, signal }: PitfallSite,
  stageVariables: Readonly<Record<string, string>>,
): Promise<SecondGateway> {
  const port = await freePort()
  const { accessLog: _, ...config } = gatewayConfig(lab)
  const spec = nodeServiceProcess({
    name: 'gateway',
    port,
    config: { ...config, port, stageVariables: { ...config.stageVariables, ...stageVariables } },
    readinessUrl: `http://127.0.0.1:${String(port)}/ping`,
    compileCache: lab.home.data('compile-cache'),
    maxOldSpaceMiB: 128,
  })
  const lines: string[] = []
  const running = await spawnProcess(spec, process.env, (line) => lines.push(line))
  try {
    await untilReady(spec, running, signal)
  } catch (error) {
    await running.stop()
    throw new Error(`the second gateway did not start: ${lines.slice(-3).join(' ')}`, { cause: error })
  }
  return {
    invokeUrl: `http://127.0.0.1:${String(port)}/${config.stage}`,
    [Symbol.asyncDispose]: async () => {
      await running.stop()
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
