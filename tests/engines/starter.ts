import { localProfile } from '../../contract/index.ts'
import { ensureCredentials } from '../../lab/credentials.ts'
import { nativeEngine } from '../../lab/engines/native/engine.ts'
import { isServiceName } from '../../lab/graph.ts'
import { labHome } from '../../lab/home.ts'

/**
 * A command that starts a lab and holds it, as `lab up` does before it detaches. Arguments: home, port offset, services. Prints each
 * event as a line, then `held`; Ctrl-C aborts the start, or gives the lab up, and ends with exit code 130.
 */
const [root, portOffset, ...services] = process.argv.slice(2)
const home = labHome(root)
const interrupt = new AbortController()
process.on('SIGINT', () => {
  interrupt.abort()
})
try {
  await using _lab = await nativeEngine.start({
    profile: localProfile({ portOffset: Number(portOffset) }),
    credentials: await ensureCredentials(home.credentials),
    home,
    signal: interrupt.signal,
    services: services.filter(isServiceName),
    onEvent: ({ service, state }) => process.stdout.write(`${service} ${state}\n`),
  })
  process.stdout.write('held\n')
  await new Promise<void>((resolve) => {
    const awake = setInterval(() => undefined, 60_000)
    interrupt.signal.addEventListener('abort', () => {
      clearInterval(awake)
      resolve()
    })
  })
} catch (error) {
  if (!interrupt.signal.aborted) throw error
}
process.exitCode = interrupt.signal.aborted ? 130 : 0
