import { embeddedFormatOf, metadataTypes } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'
import { type Call, type Route } from '../http/route.ts'
import { type Dispatcher } from '../produce/dispatcher.ts'
import { type Outcome } from '../produce/entry.ts'
import { parseProduceRequest } from '../produce/produce-request.ts'
import { type Topics } from '../topics.ts'
import { partitionParam, topicParam } from './params.ts'

/** POST of records to a topic or to one of its partitions. 200 once every record is acknowledged or has its own error. */
export function produceRoutes(dispatcher: Dispatcher, topics: Topics): Route[] {
  const produce = async (call: Call, toPartition: (partitions: number) => number | undefined): Promise<string> => {
    const format = embeddedFormatOf(call.contentType)
    if (format === undefined) throw new Refused('unsupportedMediaType')
    const records = parseProduceRequest(call.body, format)
    const topic = topicParam(call)
    const partitions = (await topics.partitions(topic)).length
    const partition = toPartition(partitions)
    const placed =
      partition === undefined
        ? records
        : records.map((record) => ({ ...record, partition: record.partition ?? partition }))
    return produceAnswer(await dispatcher.produce(topic, partitions, placed))
  }
  const post = (path: string, handle: (call: Call) => Promise<string>): Route => ({
    method: 'POST',
    path,
    produces: metadataTypes,
    consumes: (contentType) => embeddedFormatOf(contentType) !== undefined,
    handle,
  })
  return [
    post('/topics/:topic', (call) => produce(call, () => undefined)),
    post('/topics/:topic/partitions/:partition', (call) => {
      const partition = partitionParam(call)
      return produce(call, (partitions) => {
        if (partition >= partitions) throw new Refused('partitionNotFound')
        return partition
      })
    }),
  ]
}

const outcomeJson = (outcome: Outcome): string =>
  'offset' in outcome
    ? `{"partition":${String(outcome.partition)},"offset":${String(outcome.offset)},"error_code":null,"error":null}`
    : `{"partition":null,"offset":null,"error_code":${String(outcome.errorCode)},"error":${JSON.stringify(outcome.error)}}`

const produceAnswer = (outcomes: readonly Outcome[]): string =>
  `{"offsets":[${outcomes.map(outcomeJson).join(',')}],"key_schema_id":null,"value_schema_id":null}`
