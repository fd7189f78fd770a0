import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { z } from 'zod'
import { awsSigner } from '../../../clients/aws-signature.ts'
import type { Config as GatewayConfig } from '../../../services/gateway/config.ts'
import { Config } from '../../../services/kinesis/config.ts'
import { startKinesis } from '../../../services/kinesis/server.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { awsSettings, startTestGateway } from './fixtures.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** Parsed text; undefined when it is empty. */
  readonly json: Record<string, unknown> | undefined
}

export interface KinesisLab extends AsyncDisposable {
  /** Through the gateway, as JSON unless `contentType` says otherwise; a text goes as it stands. */
  readonly put: (path: string, body: unknown, contentType?: string) => Promise<Answer>
  readonly call: (method: string, path: string, init?: RequestInit) => Promise<Answer>
  /** A signed call straight to Kinesis. */
  readonly straight: (action: string, request: unknown) => Promise<Answer>
  readonly createStream: (name: string, shards?: number) => Promise<void>
  /** Data of all records of a stream, read through the gateway. */
  readonly stored: (name: string) => Promise<string[]>
  readonly stopKinesis: () => Promise<void>
}

/** The real Kinesis service, signatures checked, with a gateway before it that executes its own api.yaml. */
export async function startKinesisLab(
  gatewaySettings: Partial<z.input<typeof GatewayConfig>> = {},
  kinesisSettings: Partial<z.input<typeof Config>> = {},
): Promise<KinesisLab> {
  await using parts = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'pinlab-kinesis-'))
  parts.defer(() => rm(folder, { recursive: true, force: true }))
  const { endpoints: _none, ...account } = awsSettings()
  const { region, ...credentials } = account
  const config = Config.parse({ port: 0, dataDir: folder, region, credentials, ...kinesisSettings })
  const kinesis = parts.use(await startKinesis(config, { log: createLog('kinesis', 'silent') }))
  const host = `127.0.0.1:${String(kinesis.port)}`
  const { stageVariables, ...settings } = gatewaySettings
  const gateway = parts.use(
    await startTestGateway({
      stageVariables: { restProxyHost: '127.0.0.1:9', ...stageVariables },
      aws: awsSettings(`http://${host}`),
      ...settings,
    }),
  )
  const sign = awsSigner({ service: 'kinesis', ...account })

  const call: KinesisLab['call'] = async (method, path, init = {}) =>
    answerOf(await fetch(gateway.invokeUrl + path, { method, ...init }))
  const straight: KinesisLab['straight'] = async (action, request) => {
    const body = Buffer.from(JSON.stringify(request))
    const type = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Kinesis_20131202.${action}` }
    const { host: _host, ...headers } = sign({ host, headers: type, body })
    return answerOf(await fetch(`http://${host}/`, { method: 'POST', headers, body }))
  }
  const lab: KinesisLab = {
    call,
    straight,
    put: (path, body, contentType = 'application/json') =>
      call('PUT', path, {
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': contentType },
      }),
    createStream: async (StreamName, ShardCount = 1) => {
      const created = await straight('CreateStream', { StreamName, ShardCount })
      if (created.status !== 200) throw new Error(created.text)
      await untilActive(straight, StreamName)
    },
    stored: async (name) => {
      const described = await call('GET', `/streams/${name}`)
      const { Shards } = described.json?.['StreamDescription'] as { Shards: { ShardId: string }[] }
      const data: string[] = []
      for (const { ShardId } of Shards) data.push(...(await recordsOf(call, name, ShardId)))
      return data
    },
    stopKinesis: async () => kinesis[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  }
  const started = parts.move()
  return lab
}

async function recordsOf(call: KinesisLab['call'], name: string, shardId: string): Promise<string[]> {
  const begun = await call('GET', `/streams/${name}/shard-iterator?shard-id=${shardId}`)
  const read = await call('GET', `/streams/${name}/records`, {
    headers: { 'Shard-Iterator': String(begun.json?.['ShardIterator']) },
  })
  const { Records } = read.json as { Records: { Data: string }[] }
  return Records.map(({ Data }) => Buffer.from(Data, 'base64').toString())
}

export async function untilActive(straight: KinesisLab['straight'], StreamName: string): Promise<void> {
  for (;;) {
    const { json } = await straight('DescribeStreamSummary', { StreamName })
    const { StreamStatus } = (json?.['StreamDescriptionSummary'] ?? {}) as { StreamStatus?: string }
    if (StreamStatus === 'ACTIVE') return
  }
}

async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>),
  }
}
