import { streamName } from '../contract/index.ts'
import { type Wire } from './delivery.ts'
import { judgePut, putHints } from './put-answer.ts'
import { hintFor, type OutgoingRecord } from './verdict.ts'

export interface StreamWireOptions {
  readonly userId: string
  readonly partitionKey: string
  /** Whether requests are of many records (PutRecords) or of one (PutRecord, as the course's script sends it). */
  readonly isBatch: boolean
}

const headers = { 'content-type': 'application/json', accept: 'application/json' }

/** A record's key: its row's ind, so that a row's posts share a shard, or the one text that is given. */
export const keyOf = (partitionKey: string, { ind }: Pick<OutgoingRecord, 'ind'>): string =>
  partitionKey === 'ind' ? String(ind) : partitionKey

/** The stream path: `PUT <invokeUrl>/streams/streaming-<user id>-<entity>/record`, or `/records` for batches. */
export function streamWire({ userId, partitionKey, isBatch }: StreamWireOptions): Wire {
  const keyText = (record: OutgoingRecord): string => JSON.stringify(keyOf(partitionKey, record))
  const oneRecord = (stream: string, record: OutgoingRecord): string =>
    `{"StreamName":${JSON.stringify(stream)},"Data":${record.json},"PartitionKey":${keyText(record)}}`
  const ofBatch = (record: OutgoingRecord): string => `{"data":${record.json},"partition-key":${keyText(record)}}`
  return {
    target: (entity) => `stream ${streamName(userId, entity)}`,
    request: (entity, records) => {
      const stream = streamName(userId, entity)
      return {
        method: 'PUT',
        path: `/streams/${stream}/${isBatch ? 'records' : 'record'}`,
        headers,
        body: isBatch
          ? `{"records":[${records.map(ofBatch).join(',')}]}`
          : records.map((record) => oneRecord(stream, record)).join(''),
      }
    },
    judge: (entity, { status, body, header }, count) =>
      judgePut(
        { status, body, templateNote: header('x-pinlab-template') },
        { stream: streamName(userId, entity), count: isBatch ? count : undefined },
      ),
    hintFor: (reason) =>
      hintFor(
        reason,
        putHints,
        'correct what the answer names; "lab logs gateway" and "lab logs kinesis" have both ends of it',
      ),
  }
}
