import { type Metadata, type Protocol } from './actions.ts'
import { unsupported } from './unreadable.ts'

// Delta protocol, "Reader Requirements": what asks nothing of this reader, or (deletion vectors, column mapping) only when in use.
const readableFeatures = ['timestampNtz', 'vacuumProtocolCheck', 'deletionVectors', 'columnMapping']

/** @throws LabError LAB_DATA_MISMATCH naming the first feature that the table may be written with and this reader does not know */
export function checkReadable(table: string, protocol: Protocol, metadata: Metadata): void {
  const { minReaderVersion, readerFeatures } = protocol
  if (minReaderVersion > 3) throw unsupported(table, `reader version ${String(minReaderVersion)} of the protocol`)
  const unknown = (readerFeatures ?? []).find((feature) => !readableFeatures.includes(feature))
  if (unknown !== undefined) throw unsupported(table, `the reader feature ${unknown}`)
  const mapping = metadata.configuration?.['delta.columnMapping.mode'] ?? 'none'
  if (mapping !== 'none') throw unsupported(table, `column mapping (columnMapping) by ${mapping}`)
}
