import { describe, expect, it } from 'vitest'
import { accessLogFormat, type AccessRecord } from '../../../services/gateway/access-log-format.ts'

const aRecord = (changes: Partial<AccessRecord> = {}): AccessRecord => ({
  requestId: '4785534c-81b7-454e-b89e-ffee8fc9014f',
  extendedRequestId: 'OkTz-Fm25PgFdlg=',
  traceId: 'Root=1-5ef199ef-8d47ca618435e73b508686ed',
  sourceIp: '127.0.0.1',
  userAgent: 'curl/8',
  host: '127.0.0.1:18080',
  apiKey: undefined,
  startMs: Date.UTC(2026, 10, 4, 2, 7, 9, 120),
  httpMethod: 'POST',
  stage: 'test',
  path: '/test/topics/a.pin',
  protocol: 'HTTP/1.1',
  resourcePath: '/{proxy+}',
  status: 200,
  responseLengthBytes: 118,
  responseLatencyMs: 5,
  integrationLatencyMs: 3.6,
  integrationStatus: 200,
  integrationError: undefined,
  errorType: undefined,
  errorMessage: undefined,
  ...changes,
})

const line = (format: string, record = aRecord()): string => {
  const lineOf = accessLogFormat(format)
  if (typeof lineOf === 'string') throw new Error(lineOf)
  return lineOf(record)
}

describe('the access log', () => {
  it('CLF is the console example', () => {
    expect(line('CLF')).toBe(
      '127.0.0.1 - - [04/Nov/2026:02:07:09 +0000] "POST /{proxy+} HTTP/1.1" 200 118 4785534c-81b7-454e-b89e-ffee8fc9014f OkTz-Fm25PgFdlg=',
    )
  })

  it('JSON is one JSON object a line, absent values hyphens', () => {
    expect(JSON.parse(line('JSON'))).toMatchObject({
      requestId: '4785534c-81b7-454e-b89e-ffee8fc9014f',
      ip: '127.0.0.1',
      caller: '-',
      requestTime: '04/Nov/2026:02:07:09 +0000',
      resourcePath: '/{proxy+}',
      path: '/test/topics/a.pin',
      status: '200',
      integrationLatency: '4',
      errorMessage: '-',
    })
  })

  it('takes a format of one’s own', () => {
    const record = aRecord({ errorMessage: 'Forbidden', errorType: 'FORBIDDEN' })
    expect(line('$context.requestId $context.error.messageString $context.xrayTraceId;', record)).toBe(
      '4785534c-81b7-454e-b89e-ffee8fc9014f "Forbidden" 1-5ef199ef-8d47ca618435e73b508686ed;',
    )
  })

  it('no value breaks or forges a line', () => {
    const text = line('JSON', aRecord({ path: '/test/"}\n{"status":"200' }))
    expect(text).not.toContain('\n')
    expect(JSON.parse(text)).toHaveProperty('path', '/test/"}\n{"status":"200')
  })

  it.each([
    { format: '$context.status', says: 'must include $context.requestId' },
    {
      format: '$context.requestId $context.authorizer.claims.sub',
      says: 'does not have $context.authorizer.claims.sub',
    },
    { format: '$context.requestId\n', says: 'line break' },
  ])('refuses $format', ({ format, says }) => {
    expect(accessLogFormat(format)).toContain(says)
  })
})
