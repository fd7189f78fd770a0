import { z } from 'zod'
import { connectErrors } from '../../../contract/wire-errors.ts'
import { type RawConfig } from '../settings/settings.ts'
import { ConnectError } from './connect-error.ts'

/** Connect keeps all values as text, whatever JSON they came as. */
const Value = z.union([z.string(), z.number(), z.boolean(), z.null()])
const ConfigBody = z.record(z.string(), Value)
const CreateBody = z.strictObject({ name: z.string(), config: ConfigBody })
/** The request of MSK Connect's CreateConnector; what it says of capacity and network has no meaning here. */
const MskCreateBody = z.looseObject({ connectorName: z.string(), connectorConfiguration: ConfigBody })

export interface NewConnector {
  readonly name: string
  readonly config: RawConfig
}

/** A connector to create: `{name, config}` as Connect takes it, MSK Connect's request, or properties that hold a `name`. */
export function newConnector(body: unknown): NewConnector {
  const created = CreateBody.safeParse(body)
  if (created.success) return named(created.data.name, created.data.config)
  const msk = MskCreateBody.safeParse(body)
  if (msk.success) return named(msk.data.connectorName, msk.data.connectorConfiguration)
  const properties = ConfigBody.safeParse(body)
  const name = properties.success ? properties.data['name'] : undefined
  if (properties.success && typeof name === 'string' && !('config' in properties.data))
    return named(name, properties.data)
  throw new ConnectError(
    connectErrors.notAnObject,
    '"name" and "config", whose values are text, numbers or true and false',
  )
}

/** The configuration for the connector named in the path. */
export function configFor(name: string, body: unknown): RawConfig {
  const parsed = ConfigBody.safeParse(body)
  if (!parsed.success)
    throw new ConnectError(connectErrors.notAnObject, 'values that are text, numbers or true and false')
  return named(name, parsed.data).config
}

function named(name: string, given: z.infer<typeof ConfigBody>): NewConnector {
  const config: Record<string, string> = {}
  for (const [key, value] of Object.entries(given)) {
    if (value === null) {
      throw new ConnectError(
        connectErrors.invalidConfig,
        '1',
        'Null value can not be supplied as the configuration value.',
      )
    }
    config[key] = String(value)
  }
  if (config['name'] !== undefined && config['name'] !== name) {
    throw new ConnectError(connectErrors.nameMismatch, config['name'], name)
  }
  return { name, config: { ...config, name } }
}
