import { describe, expect, test } from 'vitest'
import { addressesOf, localProfile } from '../../../contract/index.ts'
import { configText } from '../../../lab/project/config-file.ts'
import { scanProject } from '../../../lab/project/scan.ts'

const profile = localProfile({ userId: 'a1b2c3d4e5f6', portOffset: 7 })
const lab = addressesOf(profile)
const scan = (text: string) => scanProject([{ path: 'a.py', text }], profile)

describe('what to change', () => {
  test.each([
    ['url = "https://ab12.execute-api.us-east-1.amazonaws.com/test/topics/x"', lab.invokeUrl],
    ['HOST: pinterest.cq2e.eu-west-1.rds.amazonaws.com', '127.0.0.1 (port 13313)'],
    ['t = "0a1b2c3d4e5f.geo"', 'a1b2c3d4e5f6.geo'],
    ['s = "streaming-0a1b2c3d4e5f-user"', 'streaming-a1b2c3d4e5f6-user'],
    ['b = "user-0a1b2c3d4e5f-bucket"', lab.bucket],
    ['source = "s3n://user-0a1b2c3d4e5f-bucket/topics"', lab.bucket],
    ['b = "b-1.x.y.c2.kafka.us-east-1.amazonaws.com:9098,b-2.x.y.c2.kafka.us-east-1.amazonaws.com:9098"', lab.kafka],
    ['u = "https://localhost:18082/topics"', 'http://localhost:18082'],
    ['u = "<your user id>.pin"', 'a1b2c3d4e5f6'],
    ['c = boto3.client(\n  "kinesis", region_name="us-east-1")', `endpoint_url="${lab.kinesis}"`],
  ])('%s', (text, replaceWith) => {
    expect(scan(text)).toEqual([expect.objectContaining({ file: 'a.py', line: 1, replaceWith })])
  })

  test("names the line, and leaves the lab's own texts and plain HTML alone", () => {
    expect(scan('x = 1\n\nb = "user-0a1b2c3d4e5f-bucket"')[0]?.line).toBe(3)
    const own = `${lab.invokeUrl}/topics/a1b2c3d4e5f6.pin s3a://${lab.bucket}/ streaming-a1b2c3d4e5f6-pin <b>bold</b>`
    expect(scan(own)).toEqual([])
    expect(scan(`boto3.client("s3", endpoint_url="${lab.s3}")`)).toEqual([])
  })
})

describe('config.py', () => {
  const config = (text: string) => configText([{ path: 'a.py', text }], profile)

  test('fills the names that scripts take from it, by name and by use', () => {
    const text = config(
      'import config as c\nfrom config import BUCKET, MOOD\nu = f"{c.BASE}/topics/{c.ME}.pin"\nv = c.GEO_INVOKE_URL',
    )
    expect(text).toContain(`BASE = "${lab.invokeUrl}"`)
    expect(text).toContain('ME = "a1b2c3d4e5f6"')
    expect(text).toContain(`BUCKET = "${lab.bucket}"`)
    expect(text).toContain(`GEO_INVOKE_URL = "${lab.invokeUrl}/topics/a1b2c3d4e5f6.geo"`)
    expect(text).toContain('MOOD = None')
    expect(scan(text)).toEqual([])
  })

  test('has the usual names where no script takes any', () => {
    expect(config('print(1)')).toContain(`INVOKE_URL = "${lab.invokeUrl}"\nUSER_ID = "a1b2c3d4e5f6"\n`)
  })
})
