import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ListBucketsCommand, s3Client } from '../../../../clients/s3.ts'
import { type ProcessSpec } from './spec.ts'

export interface S3ProcessOptions {
  /** MiniStack's command. */
  readonly ministack: string
  readonly dataDir: string
  readonly port: number
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** MiniStack with S3 alone, its objects on disk: they outlive SIGKILL. Ready means that ListBuckets answers. */
export function s3Process(options: S3ProcessOptions): ProcessSpec {
  const { ministack, dataDir, port, region } = options
  return {
    name: 's3',
    command: ministack,
    args: [],
    env: {
      BIND_HOST: '127.0.0.1', // the default is every address
      GATEWAY_PORT: String(port),
      SERVICES: 's3',
      MINISTACK_REGION: region,
      PERSIST_STATE: '1',
      STATE_DIR: join(dataDir, 'state'),
      S3_PERSIST: '1',
      S3_DATA_DIR: join(dataDir, 'objects'),
      PYTHONUNBUFFERED: '1',
      LOG_LEVEL: 'WARNING',
      TMPDIR: dataDir, // its pid file
      IOT_MTLS_ENABLED: '0', // else it listens on 8883, on every address
      SFTP_ENABLED: '0',
      DOCKER_HOST: 'unix:///nonexistent', // else it reaps containers of a Docker engine it finds
    },
    ports: [port],
    prepare: async () => {
      await mkdir(join(dataDir, 'state'), { recursive: true })
      await mkdir(join(dataDir, 'objects'), { recursive: true })
    },
    readiness: 'ListBuckets',
    probe: async (signal) => {
      const client = s3Client({ ...options, endpoint: `http://127.0.0.1:${String(port)}` })
      try {
        await client.send(new ListBucketsCommand({}), { abortSignal: signal })
      } finally {
        client.destroy()
      }
    },
    readyTimeoutMs: 30_000,
    stopTimeoutMs: 10_000,
  }
}
