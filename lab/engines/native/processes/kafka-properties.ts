export interface BrokerSettings {
  readonly logDir: string
  readonly port: number
  readonly controllerPort: number
  /** Partitions of a topic that is made without saying how many. */
  readonly partitions: number
  readonly maxMessageBytes: number
}

/** server.properties of one node that is broker and controller. Values that differ from Kafka's defaults carry their reason. */
export function brokerProperties({
  logDir,
  port,
  controllerPort,
  partitions,
  maxMessageBytes,
}: BrokerSettings): string {
  const client = `127.0.0.1:${String(port)}`
  const controller = `127.0.0.1:${String(controllerPort)}`
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@${controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://${client},CONTROLLER://${controller}
advertised.listeners=PLAINTEXT://${client}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
log.dirs=${logDir}
num.partitions=${String(partitions)}
message.max.bytes=${String(maxMessageBytes)}

# MSK's default: an unknown topic is an error, not a new topic
auto.create.topics.enable=false

# one node: every internal topic has one replica, and few partitions to open at the start
default.replication.factor=1
min.insync.replicas=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1

# a consumer that was killed leaves its group within its own session timeout, which may be this short
group.min.session.timeout.ms=1000
group.initial.rebalance.delay.ms=0

# a broker that was killed makes the next one wait for its old session; a heartbeat must be handled within half its interval
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500

# memory of a small machine
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
log.cleaner.threads=1
`
}

/** Warnings and the broker's own milestones, one line each, on stdout. */
export const log4j2 = `Configuration:
  Properties:
    Property: [{name: "pattern", value: "[%d] %p %m (%c)%n"}]
  Appenders:
    Console: {name: STDOUT, PatternLayout: {pattern: "\${pattern}"}}
  Loggers:
    Root: {level: WARN, AppenderRef: [{ref: STDOUT}]}
    Logger:
      - {name: kafka.server.KafkaRaftServer, level: INFO}
      - {name: kafka.server.BrokerServer, level: INFO}
`
