import { describe, expect, test } from 'vitest'
import { localProfile } from '../../../contract/index.ts'
import { connectorOf } from '../../../lab/engines/native/provision/connector.ts'
import { gatewayConfig, restProxyConfig, s3SinkConfig } from '../../../lab/engines/native/services.ts'
import { labHome } from '../../../lab/home.ts'
import { Config as GatewayConfig } from '../../../services/gateway/config.ts'
import { Config as RestProxyConfig } from '../../../services/rest-proxy/config.ts'
import { Config as S3SinkConfig } from '../../../services/s3-sink/config.ts'

const home = labHome('/tmp/a-lab')
const profile = localProfile({ userId: '0123456789ab', portOffset: 10, flushSizeRecords: 25 })
const credentials = {
  mysqlPassword: 'p'.repeat(16),
  mysqlRootPassword: 'r'.repeat(16),
  awsAccessKeyId: 'k'.repeat(16),
  awsSecretAccessKey: 's'.repeat(32),
}

describe('the configuration that the lab hands to a service', () => {
  test('is one that the REST proxy takes', () => {
    expect(RestProxyConfig.parse(restProxyConfig(profile))).toMatchObject({
      port: 18_092,
      brokers: ['127.0.0.1:19102'],
      maxRecordBytes: profile.kafka.maxMessageBytes,
    })
  })

  test('is one that the gateway takes, with the REST proxy behind it', () => {
    expect(GatewayConfig.parse(gatewayConfig(profile, home))).toMatchObject({
      port: 18_090,
      stage: 'test',
      stageVariables: { restProxyHost: '127.0.0.1:18092' },
    })
  })

  test('is one that the sink takes, with the lab’s own S3 behind it', () => {
    expect(S3SinkConfig.parse(s3SinkConfig({ profile, credentials, home }))).toMatchObject({
      port: 18_093,
      s3: { endpoint: 'http://127.0.0.1:14576', accessKeyId: credentials.awsAccessKeyId },
    })
  })

  test('gives the connector the profile’s values and leaves no placeholder', async () => {
    const { name, config } = await connectorOf(profile)
    expect(name).toBe(profile.s3Sink.connectorName)
    expect(config).toMatchObject({
      'flush.size': '25',
      'tasks.max': '3',
      'topics.regex': '0123456789ab.*',
      's3.bucket.name': 'user-0123456789ab-bucket',
    })
    expect(JSON.stringify(config)).not.toContain('${')
  })
})
