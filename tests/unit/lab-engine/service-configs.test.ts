import { describe, expect, test } from 'vitest'
import { localProfile } from '../../../contract/index.ts'
import { connectorOf } from '../../../lab/engines/native/provision/connector.ts'
import { gatewayConfig, kinesisConfig, restProxyConfig, s3SinkConfig } from '../../../lab/engines/native/services.ts'
import { labHome } from '../../../lab/home.ts'
import { Config as GatewayConfig } from '../../../services/gateway/config.ts'
import { Config as KinesisConfig } from '../../../services/kinesis/config.ts'
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
    expect(GatewayConfig.parse(gatewayConfig({ profile, credentials, home }))).toMatchObject({
      port: 18_090,
      stage: 'test',
      stageVariables: { restProxyHost: '127.0.0.1:18092', putRecordTemplate: 'base64' },
      aws: { endpoints: { kinesis: 'http://127.0.0.1:14577' }, accessKeyId: credentials.awsAccessKeyId },
    })
  })

  test('is one that Kinesis takes, with signatures and shard limits as the profile says', () => {
    const settings = { profile, credentials, home }
    expect(KinesisConfig.parse(kinesisConfig(settings))).toMatchObject({
      port: 14_577,
      enforceShardLimits: true,
      credentials: { accessKeyId: credentials.awsAccessKeyId, secretAccessKey: credentials.awsSecretAccessKey },
    })
    const kinesis = { ...profile.kinesis, verifySignatures: false, enforceShardLimits: false }
    const lax = KinesisConfig.parse(kinesisConfig({ ...settings, profile: { ...profile, kinesis } }))
    expect(lax).toMatchObject({ enforceShardLimits: false })
    expect(lax.credentials).toBeUndefined()
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
