import { type CheckedConfig } from '../settings/check-config.ts'
import { connectorClass, type ConfigDef } from '../settings/config-defs.ts'
import { type Registration } from './registry.ts'

/** Version of Kafka whose Connect worker this API follows, and of the connector whose objects the sink writes. */
export const workerVersion = '4.3.1'
export const connectorVersion = '12.1.0'

export const connectorInfo = ({ name, config, running }: Registration) => ({
  name,
  config,
  tasks: (running?.tasks ?? []).map(({ id }) => ({ connector: name, task: id })),
  type: 'sink',
})

export function connectorStatus({ name, target, running, fault }: Registration, workerId: string) {
  const where = { worker_id: workerId, version: connectorVersion }
  return {
    name,
    connector: fault === undefined ? { state: target, ...where } : { state: 'FAILED', ...where, trace: fault },
    tasks: (running?.tasks ?? []).map(({ id, state, trace }) => ({
      id,
      state,
      ...where,
      ...(trace === undefined ? {} : { trace }),
    })),
    type: 'sink',
  }
}

export const connectorTasks = ({ name, config, running }: Registration) =>
  (running?.tasks ?? []).map(({ id }) => ({
    id: { connector: name, task: id },
    config: { ...config, 'task.class': 'io.confluent.connect.s3.S3SinkTask' },
  }))

export const plugins = [{ class: connectorClass, type: 'sink', version: connectorVersion }]

export const definition = (def: ConfigDef, order: number) => ({
  name: def.name,
  type: def.type,
  required: def.required ?? false,
  default_value: def.defaultValue ?? null,
  importance: def.required ? 'HIGH' : 'MEDIUM',
  documentation: def.documentation,
  group: def.group,
  order_in_group: order,
  width: 'MEDIUM',
  display_name: def.name,
  dependents: [],
})

export const validation = ({ keys, errors }: CheckedConfig) => ({
  name: connectorClass,
  error_count: errors.length,
  groups: [...new Set(keys.map(({ def }) => def.group))],
  configs: keys.map(({ def, value, errors: faults }, index) => ({
    definition: definition(def, index + 1),
    value: {
      name: def.name,
      value: def.type === 'PASSWORD' && value !== null ? '[hidden]' : value,
      recommended_values: def.only ?? def.oneOf ?? [],
      errors: faults,
      visible: true,
    },
  })),
})
