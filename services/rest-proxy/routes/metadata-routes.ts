import { metadataTypes } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'
import { type Call, type Route } from '../http/route.ts'
import { type Cluster, type Partition } from '../kafka/cluster.ts'
import { type Topics } from '../topics.ts'
import { partitionParam, topicParam } from './params.ts'

const partitionView = ({ partition, leader, replicas, inSync }: Partition): object => ({
  partition,
  leader,
  replicas: replicas.map((broker) => ({
    broker,
    leader: broker === leader,
    in_sync: inSync.includes(broker),
  })),
})

/** Topics, partitions and brokers, API v2; every answer is the broker's of this moment. */
export function metadataRoutes(cluster: Cluster, topics: Topics): Route[] {
  const get = (path: string, handle: (call: Call) => Promise<object>): Route => ({
    method: 'GET',
    path,
    produces: metadataTypes,
    handle,
  })
  const partitionOf = async (call: Call): Promise<Partition> => {
    const partition = partitionParam(call)
    const found = (await topics.askPartitions(topicParam(call))).find((one) => one.partition === partition)
    if (found === undefined) throw new Refused('partitionNotFound')
    return found
  }
  return [
    get('/', () => Promise.resolve({})),
    get('/topics', async () => cluster.topics()),
    get('/topics/:topic', async (call) => {
      const name = topicParam(call)
      const partitions = await topics.askPartitions(name)
      return { name, configs: await cluster.configs(name), partitions: partitions.map(partitionView) }
    }),
    get('/topics/:topic/partitions', async (call) => {
      const partitions = await topics.askPartitions(topicParam(call))
      return partitions.map(partitionView)
    }),
    get('/topics/:topic/partitions/:partition', async (call) => partitionView(await partitionOf(call))),
    get('/topics/:topic/partitions/:partition/offsets', async (call) => {
      const { partition } = await partitionOf(call)
      const offsets = (await cluster.offsets(topicParam(call))).get(partition)
      if (offsets === undefined) throw new Refused('partitionNotFound')
      return { beginning_offset: Number(offsets.beginning), end_offset: Number(offsets.end) }
    }),
    get('/brokers', async () => ({ brokers: (await cluster.describe()).brokerIds })),
  ]
}
