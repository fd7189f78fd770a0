import { type Profile } from '../contract/index.ts'

/** The lab's services, in an order in which they can be started one after the other. */
export const serviceNames = [
  'mysql',
  'kafka',
  's3',
  'kinesis',
  'rest-proxy',
  'gateway',
  's3-sink',
  'spark-stream',
] as const
export type ServiceName = (typeof serviceNames)[number]

export interface GraphNode {
  /** Services that must be ready before this one is started; a later restart of them leaves it alone. */
  readonly dependsOn: readonly ServiceName[]
  readonly port: (profile: Profile) => number
  readonly url: (profile: Profile) => string
}

const http = (port: number): string => `http://127.0.0.1:${String(port)}`

/** `host:port` of the first broker, as clients type it. */
export const firstBroker = (profile: Profile): string => profile.kafka.brokers[0] ?? ''
export const brokerPort = (profile: Profile): number => Number(firstBroker(profile).split(':').at(-1))

export const graph: Readonly<Record<ServiceName, GraphNode>> = {
  mysql: {
    dependsOn: [],
    port: ({ mysql }) => mysql.port,
    url: ({ mysql }) => `mysql://${mysql.host}:${String(mysql.port)}/${mysql.database}`,
  },
  kafka: { dependsOn: [], port: brokerPort, url: firstBroker },
  s3: { dependsOn: [], port: ({ s3 }) => s3.port, url: ({ s3 }) => s3.endpoint },
  kinesis: { dependsOn: [], port: ({ kinesis }) => kinesis.port, url: ({ kinesis }) => kinesis.endpoint },
  'rest-proxy': {
    dependsOn: ['kafka'],
    port: ({ restProxy }) => restProxy.port,
    url: ({ restProxy }) => http(restProxy.port),
  },
  gateway: {
    dependsOn: ['rest-proxy', 'kinesis'],
    port: ({ gateway }) => gateway.port,
    url: ({ gateway }) => `${http(gateway.port)}/${gateway.stage}`,
  },
  's3-sink': {
    dependsOn: ['kafka', 's3'],
    port: ({ s3Sink }) => s3Sink.port,
    url: ({ s3Sink }) => http(s3Sink.port),
  },
  'spark-stream': {
    dependsOn: ['kinesis', 's3'],
    port: ({ sparkStream }) => sparkStream.port,
    url: ({ sparkStream }) => http(sparkStream.port),
  },
}

/** Services that a lab of this profile runs: Spark only where posts take the stream path. */
export const servicesOf = ({ paths }: Pick<Profile, 'paths'>): readonly ServiceName[] =>
  serviceNames.filter((name) => name !== 'spark-stream' || paths.includes('stream'))

export const isServiceName = (name: string): name is ServiceName => (serviceNames as readonly string[]).includes(name)

/** `names` and all they depend on, in the graph's order. */
export function withDependencies(names: readonly ServiceName[]): ServiceName[] {
  const needed = new Set<ServiceName>()
  const add = (name: ServiceName): void => {
    for (const dependency of graph[name].dependsOn) add(dependency)
    needed.add(name)
  }
  names.forEach(add)
  return serviceNames.filter((name) => needed.has(name))
}

/** Services that depend on `name` directly: they are stopped before it. */
export const dependantsOf = (name: ServiceName): ServiceName[] =>
  serviceNames.filter((other) => graph[other].dependsOn.includes(name))
