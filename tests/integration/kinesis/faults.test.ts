import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect, constants, type ClientHttp2Stream, type IncomingHttpHeaders } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { awsSigner } from '../../../clients/aws-signature.ts'
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  kinesisClient,
  PutRecordCommand,
  PutRecordsCommand,
} from '../../../clients/kinesis.ts'
import { Config } from '../../../services/kinesis/config.ts'
import { startKinesis as startInProcess } from '../../../services/kinesis/server.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { askKinesis, jsonType } from '../../support/kinesis-wire.ts'
import { startKinesis } from '../../support/services.ts'
import { clientOf, makeStream, readStream } from './wire-fixtures.ts'

it('loses nothing it acknowledged when it is killed under load, twice', async () => {
  await using kinesis = await startKinesis({ port: 21_130 })
  const client = clientOf(kinesis)
  await makeStream(client, 'killed', 3)
  const acknowledged = new Set<string>()
  let isLoading = true
  let sent = 0
  const writer = async (): Promise<void> => {
    while (isLoading) {
      const texts = Array.from({ length: 20 }, () => String((sent += 1)))
      const Records = texts.map((text) => ({ Data: Buffer.from(text), PartitionKey: text }))
      try {
        const answer = await client.send(new PutRecordsCommand({ StreamName: 'killed', Records }))
        for (const [index, { SequenceNumber }] of (answer.Records ?? []).entries()) {
          if (SequenceNumber !== undefined) acknowledged.add(`${SequenceNumber} ${texts[index]!}`)
        }
      } catch {
        // The server is being killed: this batch was not acknowledged.
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    }
  }
  const writers = Promise.all([1, 2, 3, 4].map(writer))
  for (let kill = 1; kill <= 2; kill += 1) {
    const before = acknowledged.size
    await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 400)
    await kinesis.restart()
  }
  const before = acknowledged.size
  await expect.poll(() => acknowledged.size, { timeout: 20_000 }).toBeGreaterThan(before + 400)
  isLoading = false
  await writers
  const read = (await readStream(client, 'killed')).map(({ sequenceNumber, text }) => `${sequenceNumber} ${text}`)

  expect([...acknowledged].filter((record) => !read.includes(record))).toEqual([])
  expect(new Set(read.map((record) => record.split(' ')[0])).size).toBe(read.length)
  client.destroy()
})

it('throttles a shard; the client sees it, and a retry gets through', async () => {
  await using kinesis = await startKinesis({ port: 21_131, enforceShardLimits: true })
  const client = clientOf(kinesis)
  await makeStream(client, 'narrow', 1)
  const Records = Array.from({ length: 500 }, (_, index) => ({ Data: Buffer.from('x'), PartitionKey: String(index) }))
  const answers = await Promise.all(
    [1, 2, 3].map(() => client.send(new PutRecordsCommand({ StreamName: 'narrow', Records }))),
  )
  const failed = answers.flatMap(({ Records: results = [] }) =>
    results.filter(({ ErrorCode }) => ErrorCode !== undefined),
  )

  expect(failed.length).toBeGreaterThan(0)
  expect(answers.reduce((sum, { FailedRecordCount = 0 }) => sum + FailedRecordCount, 0)).toBe(failed.length)
  expect(answers.map(({ Records: results }) => results?.length)).toEqual([500, 500, 500])
  expect(failed[0]).toEqual({
    ErrorCode: 'ProvisionedThroughputExceededException',
    ErrorMessage: 'Rate exceeded for shard shardId-000000000000 in stream narrow under account 000000000000.',
  })

  const megabyte = { StreamName: 'narrow', Data: Buffer.alloc(1_000_000), PartitionKey: 'a' }
  const once = await Promise.allSettled([1, 2, 3].map(() => client.send(new PutRecordCommand(megabyte))))
  expect(once.flatMap((put) => (put.status === 'rejected' ? [(put.reason as Error).name] : []))).toContain(
    'ProvisionedThroughputExceededException',
  )
  const patient = clientOf(kinesis, 10)
  await expect(patient.send(new PutRecordCommand(megabyte))).resolves.toMatchObject({ ShardId: 'shardId-000000000000' })
  patient.destroy()
  client.destroy()
})

it('expires an iterator after five minutes, and a signature after fifteen', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinlab-kinesis-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) }
  let aheadMs = 0
  const credentials = { accessKeyId: 'LABTESTACCESSKEY0001', secretAccessKey: 'x'.repeat(40) }
  const log = createLog('test', 'silent')
  const config = Config.parse({ port: 21_132, dataDir, credentials })
  await using server = await startInProcess(config, { log, nowMs: () => Date.now() + aheadMs })
  const access = { endpoint: `http://127.0.0.1:${String(server.port)}`, region: config.region, ...credentials }
  const client = kinesisClient({ ...access, maxAttempts: 1 })
  await makeStream(client, 'old', 1)
  const iterator = { StreamName: 'old', ShardId: 'shardId-000000000000', ShardIteratorType: 'TRIM_HORIZON' } as const
  const { ShardIterator } = await client.send(new GetShardIteratorCommand(iterator))

  aheadMs = 299_000
  await expect(client.send(new GetRecordsCommand({ ShardIterator }))).resolves.toMatchObject({ Records: [] })
  aheadMs = 301_000
  await expect(client.send(new GetRecordsCommand({ ShardIterator }))).rejects.toMatchObject({
    name: 'ExpiredIteratorException',
    message: expect.stringMatching(
      /^Iterator expired\. The iterator was created at time .+ while right now it is .+ which is further in the future than the tolerated delay of 300000 milliseconds\.$/,
    ) as string,
  })
  client.destroy()

  const asked = {
    ...access,
    pid: 0,
    lines: [],
    kill: () => Promise.resolve(),
    restart: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  for (const [ms, message] of [
    [16 * 60_000, /^Signature expired: \d{8}T\d{6}Z is now earlier than \d{8}T\d{6}Z \(\d{8}T\d{6}Z - 15 min\.\)$/],
    [
      -16 * 60_000,
      /^Signature not yet current: \d{8}T\d{6}Z is still later than \d{8}T\d{6}Z \(\d{8}T\d{6}Z \+ 15 min\.\)$/,
    ],
  ] as const) {
    aheadMs = ms
    expect((await askKinesis(asked, { action: 'ListStreams', body: {} })).body).toEqual({
      __type: 'InvalidSignatureException',
      message: expect.stringMatching(message) as string,
    })
  }
})

it('finishes what is under way when it is told to stop, over both kinds of HTTP', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinlab-kinesis-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) }
  const config = Config.parse({ port: 21_133, dataDir })
  const server = await startInProcess(config, { log: createLog('test', 'silent') })
  const headers = { 'content-type': jsonType, 'x-amz-target': 'Kinesis_20131202.ListStreams' }
  const session = connect(`http://127.0.0.1:${String(server.port)}`)
  const http2 = session.request({ ':method': 'POST', ...headers })
  const http1 = request({ port: server.port, method: 'POST', headers, agent: new Agent({ keepAlive: true }) })
  for (const half of [http1, http2]) half.write('{"Limit"')
  await new Promise((resolve) => setTimeout(resolve, 300))
  const startMs = performance.now()
  const stopped = server[Symbol.asyncDispose]()
  const answers = Promise.all([once(http1, 'response'), once(http2, 'response')])
  for (const half of [http1, http2]) half.end(':1}')
  const [[answer1], [answer2]] = (await answers) as [[IncomingMessage], [IncomingHttpHeaders]]

  expect([answer1.statusCode, answer2[':status']]).toEqual([200, 200])
  for (const answer of [answer1, http2]) expect(JSON.parse(await text(answer))).toMatchObject({ StreamNames: [] })
  await stopped
  // Connections that are kept alive do not hold it up.
  expect(performance.now() - startMs).toBeLessThan(3_000)
})

it('bounds what all requests hold together', async () => {
  await using kinesis = await startKinesis({ port: 21_134, maxBufferedBytes: 1_000_000 })
  const client = clientOf(kinesis)
  await makeStream(client, 'small', 1)
  const Data = Buffer.alloc(900_000)
  await expect(
    client.send(new PutRecordCommand({ StreamName: 'small', Data, PartitionKey: 'a' })),
  ).rejects.toMatchObject({
    name: 'ServiceUnavailable',
    $metadata: { httpStatusCode: 503 },
  })
  // What was lent is given back.
  const fits = { StreamName: 'small', Data: Buffer.alloc(600_000), PartitionKey: 'a' }
  for (let call = 0; call < 5; call += 1) await client.send(new PutRecordCommand(fits))
  client.destroy()
})

it('answers many large reads at once over one HTTP/2 connection, and takes back those whose client went away', async () => {
  await using kinesis = await startKinesis({ port: 21_135 })
  const client = clientOf(kinesis)
  await makeStream(client, 'large', 1)
  const Records = Array.from({ length: 10 }, (_, index) => ({
    Data: Buffer.alloc(1_048_000, index),
    PartitionKey: String(index),
  }))
  await client.send(new PutRecordsCommand({ StreamName: 'large', Records }))
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamName: 'large',
      ShardId: 'shardId-000000000000',
      ShardIteratorType: 'TRIM_HORIZON',
    }),
  )
  client.destroy()
  const { host } = new URL(kinesis.endpoint)
  const body = Buffer.from(JSON.stringify({ ShardIterator }))
  const target = { 'content-type': jsonType, 'x-amz-target': 'Kinesis_20131202.GetRecords' }
  const { host: authority, ...signed } = awsSigner({ ...kinesis, service: 'kinesis' })({ host, headers: target, body })
  const session = connect(kinesis.endpoint, { maxSessionMemory: 1_000 })
  const ask = (): ClientHttp2Stream =>
    session.request({ ':method': 'POST', ':authority': authority, ...signed }).end(body)

  // more than fit into the budget wait, and are gone before their turn comes
  const gone = Array.from({ length: 12 }, ask)
  await once(gone[0]!, 'response')
  for (const stream of gone) stream.on('error', () => undefined).close(constants.NGHTTP2_CANCEL)

  const answers = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const stream = ask()
      const [[headers], content] = (await Promise.all([once(stream, 'response'), text(stream)])) as [
        [IncomingHttpHeaders],
        string,
      ]
      return { status: headers[':status'], records: (JSON.parse(content) as { Records: unknown[] }).Records.length }
    }),
  )
  expect(answers).toEqual(Array.from({ length: 8 }, () => ({ status: 200, records: 10 })))
  session.close()
})

it('does not open what another service has open, and does once that one is killed', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pinlab-kinesis-'))
  await using _ = { [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true }) }
  await using first = await startKinesis({ port: 21_136, dataDir })
  const start = () => startInProcess(Config.parse({ port: 0, dataDir }), { log: createLog('test', 'silent') })
  await expect(start()).rejects.toMatchObject({
    code: 'LAB_ALREADY_RUNNING',
    why: expect.stringContaining('another Kinesis service has them open') as string,
  })
  await first.kill()
  await using second = await start()
  expect(second.port).toBeGreaterThan(0)
})
