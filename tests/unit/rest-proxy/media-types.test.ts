import { expect, it } from 'vitest'
import {
  embeddedFormatOf,
  embeddedJson,
  metadataTypes,
  negotiate,
  v2Json,
} from '../../../services/rest-proxy/http/media-types.ts'

it.each([
  { contentType: undefined, format: 'binary' },
  { contentType: 'application/vnd.kafka.v2+json', format: 'binary' },
  { contentType: 'application/vnd.kafka.binary.v2+json', format: 'binary' },
  { contentType: 'application/vnd.kafka.json.v2+json', format: 'json' },
  { contentType: 'Application/vnd.Kafka.JSON.v2+json; charset=utf-8', format: 'json' },
  { contentType: 'application/vnd.kafka.avro.v2+json', format: 'avro' },
  { contentType: 'application/vnd.kafka.jsonschema.v2+json', format: 'jsonschema' },
  { contentType: 'application/vnd.kafka.protobuf.v2+json', format: 'protobuf' },
  { contentType: 'application/json', format: undefined },
  { contentType: 'application/vnd.kafka.json.v1+json', format: undefined },
  { contentType: 'text/plain', format: undefined },
  { contentType: '', format: undefined },
])('takes records of type $contentType as $format', ({ contentType, format }) => {
  expect(embeddedFormatOf(contentType)).toBe(format)
})

it.each([
  { accept: undefined, type: v2Json },
  { accept: '*/*', type: v2Json },
  { accept: 'application/*', type: v2Json },
  { accept: 'application/json', type: 'application/json' },
  { accept: 'application/json;q=0.5, application/vnd.kafka.v2+json;q=0.9', type: v2Json },
  { accept: 'application/vnd.kafka.v2+json;q=0, */*', type: 'application/vnd.kafka+json' },
  { accept: 'text/html,application/xhtml+xml,*/*;q=0.8', type: v2Json },
  { accept: 'text/html', type: undefined },
  { accept: 'nonsense', type: undefined },
])('answers Accept $accept with $type', ({ accept, type }) => {
  expect(negotiate(accept, metadataTypes)).toBe(type)
})

it('lets a client of records that accepts anything have the first type offered', () => {
  expect(negotiate('*/*', [embeddedJson('binary'), v2Json])).toBe(embeddedJson('binary'))
})
