import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { labHome } from '../../../lab/home.ts'
import { toolPaths } from '../../../lab/install/tools.ts'
import { startKinesis } from '../../support/services.ts'

it('serves botocore, which speaks HTTP/1.1', async () => {
  await using kinesis = await startKinesis({ port: 21_140 })
  const python = join(dirname(toolPaths(labHome().tools).ministack), 'python')
  const { stdout } = await promisify(execFile)(python, [join(import.meta.dirname, 'botocore_client.py')], {
    env: {
      ENDPOINT: kinesis.endpoint,
      AWS_REGION: kinesis.region,
      AWS_DEFAULT_REGION: kinesis.region,
      AWS_ACCESS_KEY_ID: kinesis.accessKeyId,
      AWS_SECRET_ACCESS_KEY: kinesis.secretAccessKey,
    },
  })

  const sizeOf = (value: string, limit: number): string =>
    `1 validation error detected: Value at '${value}' failed to satisfy constraint: Member must have length less than or equal to ${String(limit)}`
  expect(JSON.parse(stdout)).toEqual({
    shard: 'shardId-000000000000',
    failed: 0,
    texts: ['five', 'one', 'three', 'two', 'vier ü'],
    shards: [0, 1, 2, 3, 4].map((index) => `shardId-00000000000${String(index)}`),
    streams: ['python'],
    tooLarge: [400, 'ValidationException', sizeOf('data', 1_048_576)],
    tooMany: [400, 'ValidationException', sizeOf('records', 500)],
    unknown: [400, 'ResourceNotFoundException', 'Stream nowhere under account 000000000000 not found.'],
  })
})
