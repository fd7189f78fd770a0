import { pattern, type Member } from './member.ts'

/** Members that many actions have: the AWS service model of 2013-12-02, its patterns as AWS's answers write them. */

const namePattern = pattern('[a-zA-Z0-9_.-]+')

export const streamName = { type: 'String', pattern: namePattern, min: 1, max: 128 } as const satisfies Member

export const streamArn = {
  type: 'String',
  pattern: pattern('arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+'),
  min: 1,
  max: 2_048,
} as const satisfies Member

export const shardId = { type: 'String', pattern: namePattern, min: 1, max: 128 } as const satisfies Member

export const hashKey = { type: 'String', pattern: pattern('0|([1-9]\\d{0,38})') } as const satisfies Member

export const sequenceNumber = { type: 'String', pattern: pattern('0|([1-9]\\d{0,128})') } as const satisfies Member

export const nextToken = { type: 'String', min: 1, max: 1_048_576 } as const satisfies Member

export const pageSize = { type: 'Integer', min: 1, max: 10_000 } as const satisfies Member

export const timestamp = { type: 'Timestamp' } as const satisfies Member
