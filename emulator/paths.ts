import { type EntityName, type PathName } from '../contract/index.ts'
import { batchWire } from './batch.ts'
import { batchShape, streamShape, type RequestShape } from './cut.ts'
import { type Delivery, type OnAcknowledged } from './delivery.ts'
import { KeyOrder } from './key-order.ts'
import { type ParsedOptions } from './options.ts'
import { keyOf, streamWire } from './stream.ts'
import { type OutgoingRecord } from './verdict.ts'

/** One way of posts to the front door. */
export interface PostPath {
  readonly shape: RequestShape
  /** See `Delivery.deliver`. */
  post(entity: EntityName, records: readonly OutgoingRecord[], onAcknowledged: OnAcknowledged): Promise<void>
}

type Options = Pick<ParsedOptions, 'paths' | 'userId' | 'partitionKey' | 'batchRecords'>

export const postPaths = (options: Options, delivery: Delivery): ReadonlyMap<PathName, PostPath> =>
  new Map(
    options.paths.map((path) => [
      path,
      path === 'batch' ? batchPath(options, delivery) : streamPath(options, delivery),
    ]),
  )

function batchPath({ userId }: Options, delivery: Delivery): PostPath {
  const wire = batchWire(userId)
  return {
    shape: batchShape,
    post: (entity, records, onAcknowledged) => delivery.deliver(wire, entity, records, onAcknowledged),
  }
}

/** A record is sent once every earlier one of its stream and key is acknowledged; the order is that of the calls of `post`. */
function streamPath({ userId, partitionKey, batchRecords }: Options, delivery: Delivery): PostPath {
  const wire = streamWire({ userId, partitionKey, isBatch: batchRecords > 1 })
  const order = new KeyOrder()
  return {
    shape: streamShape(partitionKey),
    post: (entity, records, onAcknowledged) => {
      const keys = new Set(records.map((record) => `${entity} ${keyOf(partitionKey, record)}`))
      return order.run(keys, () => delivery.deliver(wire, entity, records, onAcknowledged))
    },
  }
}
