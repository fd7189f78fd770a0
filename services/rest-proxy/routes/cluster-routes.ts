import { v3Json } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'
import { type Call, type Route } from '../http/route.ts'
import { type Cluster, isInternal, type Partition } from '../kafka/cluster.ts'
import { type Topics } from '../topics.ts'
import { param, partitionParam, topicParam } from './params.ts'

/** The read-only part of API v3 that says which cluster this is; the rest of v3 is 404. */
export function clusterRoutes(cluster: Cluster, topics: Topics): Route[] {
  const get = (path: string, handle: (call: Call) => Promise<object>): Route => ({
    method: 'GET',
    path,
    produces: [v3Json],
    handle,
  })
  const described = async (call: Call): Promise<Awaited<ReturnType<Cluster['describe']>>> => {
    const description = await cluster.describe()
    if (param(call, 'cluster') !== description.clusterId) {
      throw new Refused('notFound', `: Cluster ${param(call, 'cluster')} cannot be found.`)
    }
    return description
  }
  const view = async (call: Call): Promise<V3View> => new V3View(call.baseUrl, (await described(call)).clusterId)
  const topicsOf = async (): Promise<{ name: string; partitions: readonly Partition[] }[]> =>
    Promise.all((await cluster.topics()).map(async (name) => ({ name, partitions: await topics.askPartitions(name) })))
  return [
    get('/v3/clusters', async (call) => {
      const description = await cluster.describe()
      const view = new V3View(call.baseUrl, description.clusterId)
      return list('KafkaClusterList', `${call.baseUrl}/v3/clusters`, [view.cluster(description.controller)])
    }),
    get('/v3/clusters/:cluster', async (call) => {
      const { clusterId, controller } = await described(call)
      return new V3View(call.baseUrl, clusterId).cluster(controller)
    }),
    get('/v3/clusters/:cluster/topics', async (call) => {
      const v3 = await view(call)
      const all = await topicsOf()
      return list(
        'KafkaTopicList',
        `${v3.root}/topics`,
        all.map(({ name, partitions }) => v3.topic(name, partitions)),
      )
    }),
    get('/v3/clusters/:cluster/topics/:topic', async (call) => {
      const v3 = await view(call)
      return v3.topic(topicParam(call), await topics.askPartitions(topicParam(call)))
    }),
    get('/v3/clusters/:cluster/topics/:topic/partitions', async (call) => {
      const v3 = await view(call)
      const topic = topicParam(call)
      const partitions = await topics.askPartitions(topic)
      const self = `${v3.root}/topics/${topic}/partitions`
      return list(
        'KafkaPartitionList',
        self,
        partitions.map((partition) => v3.partition(topic, partition)),
      )
    }),
    get('/v3/clusters/:cluster/topics/:topic/partitions/:partition', async (call) => {
      const v3 = await view(call)
      const topic = topicParam(call)
      const wanted = partitionParam(call)
      const found = (await topics.askPartitions(topic)).find(({ partition }) => partition === wanted)
      if (found === undefined) throw new Refused('partitionNotFound')
      return v3.partition(topic, found)
    }),
  ]
}

const list = (kind: string, self: string, data: readonly object[]): object => ({
  kind,
  metadata: { self, next: null },
  data,
})

/** Shapes of API v3 (openapi.yaml of kafka-rest). */
class V3View {
  readonly root: string
  readonly #clusterId: string

  constructor(baseUrl: string, clusterId: string) {
    this.root = `${baseUrl}/v3/clusters/${clusterId}`
    this.#clusterId = clusterId
  }

  cluster(controller: number | null): object {
    const related = (name: string): object => ({ related: `${this.root}/${name}` })
    return {
      kind: 'KafkaCluster',
      metadata: { self: this.root, resource_name: this.#resource() },
      cluster_id: this.#clusterId,
      controller: controller === null ? null : related(`brokers/${String(controller)}`),
      acls: related('acls'),
      brokers: related('brokers'),
      broker_configs: related('broker-configs'),
      consumer_groups: related('consumer-groups'),
      topics: related('topics'),
      partition_reassignments: related('topics/-/partitions/-/reassignment'),
    }
  }

  topic(name: string, partitions: readonly Partition[]): object {
    const self = `${this.root}/topics/${name}`
    return {
      kind: 'KafkaTopic',
      metadata: { self, resource_name: this.#resource(`/topic=${name}`) },
      cluster_id: this.#clusterId,
      topic_name: name,
      is_internal: isInternal(name),
      replication_factor: partitions[0]?.replicas.length ?? 0,
      partitions_count: partitions.length,
      partitions: { related: `${self}/partitions` },
      configs: { related: `${self}/configs` },
      partition_reassignments: { related: `${self}/partitions/-/reassignment` },
      authorized_operations: [],
    }
  }

  partition(topic: string, { partition, leader }: Partition): object {
    const self = `${this.root}/topics/${topic}/partitions/${String(partition)}`
    return {
      kind: 'KafkaPartition',
      metadata: { self, resource_name: this.#resource(`/topic=${topic}/partition=${String(partition)}`) },
      cluster_id: this.#clusterId,
      topic_name: topic,
      partition_id: partition,
      leader: leader < 0 ? null : { related: `${self}/replicas/${String(leader)}` },
      replicas: { related: `${self}/replicas` },
      reassignment: { related: `${self}/reassignment` },
    }
  }

  #resource(below = ''): string {
    return `crn:///kafka=${this.#clusterId}${below}`
  }
}
