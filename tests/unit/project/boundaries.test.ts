import { join } from 'node:path'
import { ESLint } from 'eslint'
import { expect, it } from 'vitest'
import { projectRoot } from '../../support/documents.ts'

const eslint = new ESLint({ cwd: projectRoot })

it.each([
  { file: 'services/gateway/main.ts', imports: '../rest-proxy/app.ts', says: 'services never import each other' },
  { file: 'services/s3-sink/main.ts', imports: '../../lab/home.ts', says: 'a service knows contract/' },
  { file: 'lab/home.ts', imports: '../services/gateway/app.ts', says: 'the lab starts services by spec' },
  { file: 'contract/entities.ts', imports: 'node:fs', says: 'contract/ has no I/O' },
  { file: 'emulator/main.ts', imports: '../seed/dataset.ts', says: 'emulator/ knows contract/ and clients/ only' },
  { file: 'analytics/verify/oracle.ts', imports: '../../lab/home.ts', says: 'analytics/ knows' },
  { file: 'services/rest-proxy/main.ts', imports: 'kafkajs', says: 'the Kafka client is made in clients/kafka.ts' },
  { file: 'seed/load.ts', imports: 'mysql2/promise', says: 'the MySQL client is made in clients/mysql.ts' },
  { file: 'tests/unit/project/boundaries.test.ts', imports: '@aws-sdk/client-s3', says: 'the S3 client is made in' },
])('$file must not import $imports', { timeout: 60_000 }, async ({ file, imports, says }) => {
  const [result] = await eslint.lintText(`import '${imports}'\n`, { filePath: join(projectRoot, file) })
  const messages = result!.messages.filter(({ ruleId }) => ruleId === 'no-restricted-imports')
  expect(messages.map(({ message }) => message).join()).toContain(says)
})
