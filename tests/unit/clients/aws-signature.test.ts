import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { awsSigner } from '../../../clients/aws-signature.ts'

const account = {
  service: 'kinesis',
  region: 'us-east-1',
  accessKeyId: 'LABTESTACCESSKEY0001',
  secretAccessKey: 'x'.repeat(40),
}

class Sha256 {
  readonly #hash
  constructor(secret?: unknown) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string | Uint8Array)
  }
  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
  reset(): void {
    throw new Error('is not asked for')
  }
}

/** AWS's own library. */
const reference = new SignatureV4({
  service: account.service,
  region: account.region,
  credentials: account,
  sha256: Sha256,
  applyChecksum: false,
})

test('signs as AWS’s library does, whatever the headers, the body and the day', async () => {
  let nowMs = 0
  const sign = awsSigner(account, () => nowMs)
  const name = fc.stringMatching(/^x-[a-z][a-z0-9-]{0,20}$/)
  const value = fc.stringMatching(/^[!-~]([ -~]{0,30}[!-~])?$/)
  const request = fc.record({
    atMs: fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2099, 0) }),
    host: fc.constantFrom('127.0.0.1:14567', 'kinesis.us-east-1.amazonaws.com'),
    headers: fc.dictionary(name, value, { noNullPrototype: true, maxKeys: 6 }),
    body: fc.uint8Array({ maxLength: 200 }),
  })
  await fc.assert(
    fc.asyncProperty(request, async ({ atMs, host, headers, body }) => {
      nowMs = atMs
      const sent = { 'content-type': 'application/x-amz-json-1.1', ...headers }
      const found = sign({ host, headers: sent, body: Buffer.from(body) })
      const expected = await reference.sign(
        { method: 'POST', protocol: 'http:', hostname: host, path: '/', query: {}, headers: { ...sent, host }, body },
        { signingDate: new Date(atMs) },
      )
      expect(found).toEqual(expected.headers)
    }),
  )
})
