import { expect, it } from 'vitest'
import { awsAction } from '../../../services/gateway/integrations/aws-uri.ts'

it.each([
  { uri: 'arn:aws:apigateway:us-east-1:kinesis:action/PutRecord', is: { service: 'kinesis', action: 'PutRecord' } },
  { uri: 'arn:aws:apigateway:eu-west-2:sqs:action/SendMessage', is: { service: 'sqs', action: 'SendMessage' } },
  { uri: 'arn:aws:apigateway:us-east-1:s3:path/bucket/key', is: undefined },
  { uri: 'arn:aws:apigateway:us-east-1:kinesis:action/', is: undefined },
  { uri: 'arn:aws:kinesis:us-east-1:000000000000:stream/s', is: undefined },
  { uri: 'http://127.0.0.1:14567/', is: undefined },
])('$uri', ({ uri, is }) => {
  if (is) expect(awsAction(uri)).toEqual(is)
  else expect(awsAction(uri)).toContain('is not arn:aws:apigateway:<region>:<service>:action/<Action>')
})
