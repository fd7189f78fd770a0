import { describe, expect, it } from 'vitest'
import { uriTemplate } from '../../../services/gateway/integrations/uri.ts'

describe('an integration uri', () => {
  it('is split into an origin known now and a path filled later', () => {
    expect(uriTemplate('http://${stageVariables.host}/v2/{proxy}?a=1', { host: 'localhost:80' })).toEqual({
      origin: 'http://localhost',
      pieces: [{ text: '/v2/' }, { parameter: 'proxy' }, { text: '?a=1' }],
    })
  })

  it.each([
    { uri: 'http://${stageVariables.host}/', says: 'stage variable host has no value' },
    { uri: 'http://{proxy}/x', says: 'in its path only' },
    { uri: 'http://a.{proxy}:80/x', says: 'in its path only' },
    { uri: 'arn:aws:apigateway:us-east-1:kinesis:action/PutRecord', says: 'is not http(s)://' },
    { uri: 'http://a b/x', says: 'is not http(s)://' },
  ])('$uri is refused', ({ uri, says }) => {
    expect(uriTemplate(uri, {})).toContain(says)
  })
})
