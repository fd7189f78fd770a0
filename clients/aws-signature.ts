import { createHash, createHmac } from 'node:crypto'
import { SignatureV4 } from '@smithy/signature-v4'

export interface AwsSignerOptions {
  readonly service: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

export interface RequestToSign {
  /** `host[:port]`, as the Host header says it. */
  readonly host: string
  /** Small names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Signs a POST to `/`; returns all headers to send. The key of a day is derived once. */
export type AwsSigner = (request: RequestToSign) => Promise<Readonly<Record<string, string>>>

/** The one place where the library of Signature Version 4 is named. */
export function awsSigner({ service, region, accessKeyId, secretAccessKey }: AwsSignerOptions): AwsSigner {
  const signer = new SignatureV4({
    service,
    region,
    credentials: { accessKeyId, secretAccessKey },
    sha256: Sha256,
    applyChecksum: false,
  })
  return async ({ host, headers, body }) => {
    const signed = await signer.sign({
      method: 'POST',
      protocol: 'http:',
      hostname: host,
      path: '/',
      query: {},
      headers: { ...headers, host },
      body,
    })
    return signed.headers
  }
}

/** What the library asks of a hash, done by Node. */
class Sha256 {
  readonly #secret: string | ArrayBuffer | ArrayBufferView | undefined
  #hash: ReturnType<typeof newHash>

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret
    this.#hash = newHash(secret)
  }

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk)
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }

  reset(): void {
    this.#hash = newHash(this.#secret)
  }
}

const newHash = (secret: string | ArrayBuffer | ArrayBufferView | undefined) =>
  secret === undefined
    ? createHash('sha256')
    : createHmac('sha256', secret instanceof ArrayBuffer ? new Uint8Array(secret) : (secret as string | Uint8Array))
