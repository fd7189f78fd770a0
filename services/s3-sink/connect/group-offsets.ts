import { connectErrors } from '../../../contract/wire-errors.ts'
import { KafkaJSError, kafkaClient, type Admin } from '../../../clients/kafka.ts'
import { ConnectError } from './connect-error.ts'
import { groupIdOf } from './connector.ts'

/** Committed offsets of the connectors' consumer groups, and the cluster's id, asked from the brokers when needed. */
export class GroupOffsets implements AsyncDisposable {
  readonly #admin: Admin
  #clusterId: string | undefined
  #connected: Promise<void> | undefined

  constructor(brokers: readonly string[]) {
    this.#admin = kafkaClient({ brokers, clientId: 's3-sink-admin', overrides: { retry: { retries: 2 } } }).admin()
  }

  /** Undefined until the brokers have told it once. */
  get clusterId(): string | undefined {
    if (this.#clusterId === undefined) void this.#learnClusterId()
    return this.#clusterId
  }

  async of(connectorName: string) {
    const groups = await this.#ask(async (admin) => admin.fetchOffsets({ groupId: groupIdOf(connectorName) }))
    return {
      offsets: groups.flatMap(({ topic, partitions }) =>
        partitions
          .filter(({ offset }) => Number(offset) >= 0)
          .map(({ partition, offset }) => ({
            partition: { kafka_topic: topic, kafka_partition: partition },
            offset: { kafka_offset: Number(offset) },
          })),
      ),
    }
  }

  /** Forgets the group's offsets: the connector begins anew. */
  async reset(connectorName: string): Promise<void> {
    await this.#ask(async (admin) => {
      const groupId = groupIdOf(connectorName)
      const { groups } = await admin.listGroups()
      if (groups.some((group) => group.groupId === groupId)) await admin.deleteGroups([groupId])
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#admin.disconnect()
  }

  async #learnClusterId(): Promise<void> {
    try {
      await (this.#connected ??= this.#admin.connect())
      this.#clusterId = (await this.#admin.describeCluster()).clusterId
    } catch (error) {
      if (!(error instanceof KafkaJSError)) throw error
      this.#connected = undefined
    }
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      await (this.#connected ??= this.#admin.connect())
      return await question(this.#admin)
    } catch (error) {
      if (!(error instanceof KafkaJSError)) throw error
      this.#connected = undefined
      throw new ConnectError(connectErrors.brokersSilent, error.message)
    }
  }
}
