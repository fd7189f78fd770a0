import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { type Profile } from '../../../../contract/index.ts'
import { projectRoot } from '../../../home.ts'

const Connector = z.object({ name: z.string(), config: z.record(z.string(), z.string()) })
type Connector = z.infer<typeof Connector>

/** Creates the sink's connector, or gives it the profile's settings where they differ. One that is right is left running as it is. */
export async function ensureConnector(connectUrl: string, profile: Profile, signal: AbortSignal): Promise<void> {
  const { name, config } = await connectorOf(profile)
  const url = `${connectUrl}/connectors/${encodeURIComponent(name)}/config`
  const current = await fetch(url, { signal })
  const body: unknown = current.ok ? await current.json() : (await current.text(), undefined)
  if (body !== undefined && sameSettings(config, body)) return
  const answer = await fetch(url, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(config),
    signal,
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`PUT ${url} answered ${String(answer.status)}: ${text.slice(0, 500)}`)
}

/** services/s3-sink/connector.json with the profile's values in place of its `${…}`. */
export async function connectorOf(profile: Profile): Promise<Connector> {
  const template = await readFile(join(projectRoot, 'services', 's3-sink', 'connector.json'), 'utf8')
  const values: Readonly<Record<string, string>> = {
    connectorName: profile.s3Sink.connectorName,
    region: profile.s3.region,
    flushSizeRecords: String(profile.s3Sink.flushSizeRecords),
    tasksMax: String(profile.s3Sink.tasksMax),
    userId: profile.userId,
    bucket: profile.s3.bucket,
    endpoint: profile.s3.endpoint,
  }
  const filled = template.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`connector.json asks for \${${name}}, which no profile has`)
    return value
  })
  return Connector.parse(JSON.parse(filled))
}

/** The worker adds `name` to the configuration it was given. */
function sameSettings(wanted: Readonly<Record<string, string>>, found: unknown): boolean {
  const { name: _name, ...rest } = z.record(z.string(), z.unknown()).parse(found)
  const keys = Object.keys(wanted)
  return keys.length === Object.keys(rest).length && keys.every((key) => rest[key] === wanted[key])
}
