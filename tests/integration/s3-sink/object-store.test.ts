import { createServer, request, type Server, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import { type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { CreateBucketCommand, GetObjectCommand, s3Client, type S3Client } from '../../../clients/s3.ts'
import { createLog } from '../../../services/runtime/log.ts'
import { S3ObjectStore } from '../../../services/s3-sink/write/object-store.ts'
import { startS3, type TestS3 } from '../../support/services.ts'
import { ports } from './harness.ts'

type Fault = '429' | '500' | '503' | 'reset' | '403'
type Call = 'PutObject' | 'CreateMultipartUpload' | 'UploadPart' | 'CompleteMultipartUpload'

/** In front of the real store: the next `times` requests of one kind fail, all others pass. */
class FaultyProxy {
  readonly #server: Server
  readonly #target: URL
  planned: { call: Call; fault: Fault; times: number } | undefined
  readonly calls: Call[] = []

  constructor(target: string) {
    this.#target = new URL(target)
    this.#server = createServer((incoming, outgoing) => {
      const call = callOf(incoming.method ?? '', incoming.url ?? '')
      if (call) this.calls.push(call)
      if (this.planned && this.planned.call === call && this.planned.times > 0) {
        this.planned.times -= 1
        incoming.resume()
        fail(outgoing, this.planned.fault)
        return
      }
      const { hostname, port } = this.#target
      const forwarded = request(
        { hostname, port, path: incoming.url, method: incoming.method, headers: incoming.headers },
        (answer) => {
          outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(outgoing)
        },
      )
      incoming.pipe(forwarded)
    })
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1')
    await once(this.#server, 'listening')
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }
}

function callOf(method: string, url: string): Call | undefined {
  const { searchParams } = new URL(url, 'http://s3')
  if (method === 'PUT') return searchParams.has('partNumber') ? 'UploadPart' : 'PutObject'
  if (method === 'POST') return searchParams.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload'
  return undefined
}

function fail(response: ServerResponse, fault: Fault): void {
  if (fault === 'reset') response.socket?.resetAndDestroy()
  else {
    response.writeHead(Number(fault), { 'content-type': 'application/xml', connection: 'close' })
    response.end(
      `<Error><Code>${fault === '429' ? 'TooManyRequests' : fault === '403' ? 'AccessDenied' : 'InternalError'}</Code></Error>`,
    )
  }
}

const Bucket = 'a-bucket'
const partSizeBytes = 5_242_880
let server: TestS3
let direct: S3Client
let proxy: FaultyProxy
let client: S3Client
let ending: AbortController

beforeAll(async () => {
  server = await startS3({ port: ports.s3 })
  direct = s3Client(server)
  await direct.send(new CreateBucketCommand({ Bucket }))
})
afterAll(async () => {
  direct.destroy()
  await server[Symbol.asyncDispose]()
})
beforeEach(async () => {
  proxy = new FaultyProxy(server.endpoint)
  client = s3Client({ ...server, endpoint: await proxy.listen(), maxAttempts: 1 })
  ending = new AbortController()
})
afterEach(() => {
  ending.abort()
  client.destroy()
  proxy.close()
})

const aStore = (bucket = Bucket): S3ObjectStore =>
  new S3ObjectStore({
    ...{ client, bucket, partSizeBytes, alwaysMultipart: false, firstBackoffMs: 10, maxBackoffMs: 20 },
    ...{ log: createLog('test', 'silent'), signal: ending.signal },
  })

const stored = async (Key: string): Promise<string | undefined> =>
  (await direct.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()

async function upload(store: S3ObjectStore, key: string, parts: readonly Buffer[]): Promise<void> {
  const begun = store.beginUpload(key)
  for (const part of parts) await begun.addPart(part)
  await begun.complete()
}

describe.each<Fault>(['429', '500', '503', 'reset'])('a store that answers %s twice', (fault) => {
  it('takes the object in the end', async () => {
    proxy.planned = { call: 'PutObject', fault, times: 2 }
    await aStore().put(`put-${fault}`, Buffer.from('{"a":1}\n'))
    expect(await stored(`put-${fault}`)).toBe('{"a":1}\n')
    expect(proxy.calls).toEqual(['PutObject', 'PutObject', 'PutObject'])
  })

  it.each<Call>(['CreateMultipartUpload', 'UploadPart', 'CompleteMultipartUpload'])(
    'takes it in parts when it was %s',
    async (call) => {
      proxy.planned = { call, fault, times: 2 }
      const key = `${call}-${fault}`
      await upload(aStore(), key, [Buffer.alloc(partSizeBytes, 'x'), Buffer.from('end\n')])
      expect(await stored(key)).toBe(`${'x'.repeat(partSizeBytes)}end\n`)
      expect(proxy.calls.filter((made) => made === call)).toHaveLength(call === 'UploadPart' ? 4 : 3)
    },
  )
})

it('gives up at once when the store refuses', async () => {
  proxy.planned = { call: 'PutObject', fault: '403', times: 9 }
  await expect(aStore().put('refused', Buffer.from('x'))).rejects.toMatchObject({ name: 'AccessDenied' })
  expect(proxy.calls).toEqual(['PutObject'])
})

it('names a bucket that is not there', async () => {
  await expect(aStore('no-such-bucket').checkBucket()).rejects.toThrow('Non-existent S3 bucket: no-such-bucket')
  await aStore().checkBucket()
})

it('ends its waiting with its assignment', async () => {
  proxy.planned = { call: 'PutObject', fault: '500', times: 1_000 }
  const put = aStore().put('never', Buffer.from('x'))
  setTimeout(() => {
    ending.abort()
  }, 100)
  await expect(put).rejects.toThrow()
})
