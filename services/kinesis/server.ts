import { type Logger } from '../runtime/log.ts'
import { type Config } from './config.ts'
import { listenOnOnePort } from './http/one-port.ts'
import { kinesisHandler } from './protocol/handler.ts'
import { signatureVerifier } from './protocol/signature.ts'
import { holdFolder } from './streams/folder-guard.ts'
import { openStreams } from './streams/open.ts'

/** What is under way when the service is told to stop has this long to finish. */
const graceMs = 4_000

/**
 * Opens the stored streams, then listens.
 *
 * @param options `nowMs`: the clock, in epoch milliseconds
 * @throws LabError LAB_PORT_TAKEN, LAB_ALREADY_RUNNING, LAB_STATE_BROKEN
 */
export async function startKinesis(
  config: Config,
  { log, nowMs = Date.now }: { readonly log: Logger; readonly nowMs?: () => number },
): Promise<{ readonly port: number } & AsyncDisposable> {
  await using parts = new AsyncDisposableStack()
  const { host, port, region, accountId, credentials, maxBufferedBytes } = config
  parts.use(await holdFolder(config.dataDir))
  const streams = parts.use(await openStreams({ ...config, log, now: nowMs }))
  const handler = kinesisHandler({
    service: { streams, region, accountId, nowMs },
    verify: credentials === undefined ? () => undefined : signatureVerifier({ region, ...credentials }, nowMs),
    complain: (error, action) => {
      log.error({ err: error, action }, 'request failed')
    },
  })
  const listening = parts.use(
    await listenOnOnePort(handler, { service: 'kinesis', host, port, graceMs, maxBufferedBytes }),
  )
  log.info({ url: `http://${host}:${String(listening.port)}` }, 'listening')
  const started = parts.move()
  return { port: listening.port, [Symbol.asyncDispose]: () => started.disposeAsync() }
}
