import { type KafkaMessage } from '../../../clients/kafka.ts'
import { jsonLine, NotJson } from '../json/json-line.ts'
import { notJsonError, type RecordError } from './record-error.ts'

/** What a record is to the connector: a line to write, a null value, or an error. */
export type Converted = { readonly line: string } | { readonly isNull: true } | { readonly error: RecordError }

/** Reads a record as Connect's converters do: the key (a JSON one is checked, and not written), then the value. */
export function convert(message: KafkaMessage, { keysAreJson }: { keysAreJson: boolean }): Converted {
  let stage: 'KEY_CONVERTER' | 'VALUE_CONVERTER' = 'KEY_CONVERTER'
  try {
    if (keysAreJson && message.key) jsonLine(message.key)
    stage = 'VALUE_CONVERTER'
    const line = message.value ? jsonLine(message.value) : undefined
    return line === undefined ? { isNull: true } : { line }
  } catch (error) {
    if (error instanceof NotJson) return { error: notJsonError(stage, error.message) }
    throw error
  }
}
