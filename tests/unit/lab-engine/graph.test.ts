import { describe, expect, it, test } from 'vitest'
import { addressesOf, localProfile } from '../../../contract/index.ts'
import { dependantsOf, graph, serviceNames, servicesOf, withDependencies } from '../../../lab/graph.ts'

describe('the graph of services', () => {
  test('lists every service after what it depends on', () => {
    serviceNames.forEach((name, position) => {
      for (const dependency of graph[name].dependsOn) expect(serviceNames.indexOf(dependency)).toBeLessThan(position)
    })
  })

  it.each([
    { asked: ['mysql'], needed: ['mysql'] },
    { asked: ['gateway'], needed: ['kafka', 'kinesis', 'rest-proxy', 'gateway'] },
    { asked: ['spark-stream'], needed: ['s3', 'kinesis', 'spark-stream'] },
    { asked: ['s3-sink', 'mysql'], needed: ['mysql', 'kafka', 's3', 's3-sink'] },
  ] as const)('$asked needs $needed', ({ asked, needed }) => {
    expect(withDependencies(asked)).toEqual(needed)
  })

  test('knows what to stop before Kafka and before Kinesis', () => {
    expect(dependantsOf('kafka')).toEqual(['rest-proxy', 's3-sink'])
    expect(dependantsOf('kinesis')).toEqual(['gateway', 'spark-stream'])
  })

  test('leaves Spark out where no post takes the stream path', () => {
    expect(servicesOf({ paths: ['batch', 'stream'] })).toEqual(serviceNames)
    expect(servicesOf({ paths: ['batch'] })).toEqual(serviceNames.filter((name) => name !== 'spark-stream'))
  })

  test('gives the addresses that the profile promises', () => {
    const profile = localProfile({ portOffset: 7 })
    const addresses = addressesOf(profile)
    expect(graph.gateway.url(profile)).toBe(addresses.invokeUrl)
    expect(graph['rest-proxy'].url(profile)).toBe(addresses.restProxy)
    expect(graph.kafka.url(profile)).toBe(addresses.kafka)
    expect(graph.s3.url(profile)).toBe(addresses.s3)
    expect(graph['s3-sink'].url(profile)).toBe(addresses.connect)
    expect(graph.kinesis.url(profile)).toBe(addresses.kinesis)
    expect(graph['spark-stream'].url(profile)).toBe(addresses.sparkStream)
    expect(graph.kafka.port(profile)).toBe(19_099)
  })
})
