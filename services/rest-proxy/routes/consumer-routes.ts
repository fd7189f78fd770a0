import { restProxyLimits } from '../../../contract/limits.ts'
import { type ConsumerInstance } from '../consume/consumer-instance.ts'
import { type ConsumerRegistry } from '../consume/consumer-registry.ts'
import {
  CommitRequest,
  parseBody,
  parseInstanceRequest,
  PartitionsRequest,
  SeekRequest,
  SubscriptionRequest,
} from '../consume/consumer-request.ts'
import { subscriptionOf } from '../consume/subscription.ts'
import { embeddedFormats, embeddedJson, isV2Request, metadataTypes, v2Json } from '../http/media-types.ts'
import { Refused } from '../http/refused.ts'
import { type AnswerBody, type Call, type Route } from '../http/route.ts'
import { type ConsumerOffsets } from '../kafka/consumer-offsets.ts'
import { numberQuery, param } from './params.ts'

// Binary first: the real proxy takes a client that accepts anything for one that wants binary.
const recordTypes = [embeddedJson('binary'), v2Json, ...embeddedFormats.map(embeddedJson).slice(1)]

/** Consumer groups, API v2. An instance is a member of its group from its subscription until it is deleted or idle. */
export function consumerRoutes(registry: ConsumerRegistry, offsets: ConsumerOffsets): Route[] {
  const instanceOf = (call: Call): ConsumerInstance => registry.get(param(call, 'group'), param(call, 'instance'))
  const route = (method: Route['method'], path: string, handle: (call: Call) => Promise<AnswerBody>): Route => ({
    method,
    path: `/consumers/:group${path}`,
    produces: [...metadataTypes, ...embeddedFormats.map(embeddedJson)],
    ...(method === 'POST' || path.endsWith('/offsets') ? { consumes: isV2Request } : {}),
    handle,
  })
  const ofInstance = (
    method: Route['method'],
    path: string,
    handle: (call: Call, instance: ConsumerInstance) => Promise<AnswerBody>,
  ): Route => route(method, `/instances/:instance${path}`, async (call) => handle(call, instanceOf(call)))

  return [
    route('POST', '', (call) => {
      const group = param(call, 'group')
      const { name } = registry.create(group, parseInstanceRequest(call.body))
      const path = ['consumers', group, 'instances', name].map(encodeURIComponent).join('/')
      return Promise.resolve({ instance_id: name, base_uri: `${call.baseUrl}/${path}` })
    }),
    route('DELETE', '/instances/:instance', async (call) => {
      await registry.destroy(param(call, 'group'), param(call, 'instance'))
      return undefined
    }),
    ofInstance('POST', '/subscription', async (call, instance) => {
      await instance.subscribe(subscriptionOf(parseBody(SubscriptionRequest, call.body)))
      return undefined
    }),
    ofInstance('GET', '/subscription', (_call, instance) => Promise.resolve({ topics: instance.subscription })),
    ofInstance('DELETE', '/subscription', async (_call, instance) => {
      await instance.unsubscribe()
      return undefined
    }),
    ofInstance('GET', '/assignments', (_call, instance) => Promise.resolve({ partitions: instance.assignment })),
    ofInstance('POST', '/assignments', () => {
      throw new Refused('notEmulated', 'partitions assigned by hand. Use …/subscription.')
    }),
    {
      ...ofInstance('GET', '/records', async (call, instance) => {
        const wantsFormat = call.type === v2Json ? 'binary' : call.type
        if (![instance.settings.format, embeddedJson(instance.settings.format)].includes(wantsFormat)) {
          throw new Refused('consumerFormatMismatch')
        }
        const records = await instance.read(
          {
            timeoutMs: numberQuery(call, 'timeout') ?? Number.POSITIVE_INFINITY,
            maxBytes: numberQuery(call, 'max_bytes') ?? restProxyLimits.consumerRequestMaxBytes,
          },
          call.loan,
        )
        return `[${records.join(',')}]`
      }),
      produces: recordTypes,
    },
    ofInstance('POST', '/offsets', async (call, instance) => {
      const given = call.body.length === 0 ? undefined : parseBody(CommitRequest, call.body).offsets
      // The API takes the last offset that was read; Kafka keeps the next one to read.
      await instance.commit(
        given?.map((one) => ({ ...one, offset: BigInt(one.offset) + 1n, metadata: one.metadata ?? null })),
      )
      return []
    }),
    ofInstance('GET', '/offsets', async (call, instance) => {
      if (call.body.length === 0) throw new Refused('partitionNotFound')
      const { partitions } = parseBody(PartitionsRequest, call.body)
      return { offsets: await offsets.committed(instance.group, partitions) }
    }),
    ofInstance('POST', '/positions', async (call, instance) => {
      const request = parseBody(SeekRequest, call.body)
      const given = (request.offsets ?? []).map((one) => ({ ...one, offset: BigInt(one.offset) }))
      await instance.seek([...given, ...(await offsets.atTimes(request.timestamps ?? []))])
      return undefined
    }),
    ofInstance('POST', '/positions/beginning', async (call, instance) => {
      await instance.seek(await offsets.edges(parseBody(PartitionsRequest, call.body).partitions, 'beginning'))
      return undefined
    }),
    ofInstance('POST', '/positions/end', async (call, instance) => {
      await instance.seek(await offsets.edges(parseBody(PartitionsRequest, call.body).partitions, 'end'))
      return undefined
    }),
  ]
}
