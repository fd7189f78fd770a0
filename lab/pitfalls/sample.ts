import { type EntityName, type RowOf } from '../../contract/index.ts'
import { datasetRow, defaultDataset } from '../../seed/dataset.ts'

/** The row that the course's script sends first. */
const firstRow = 7_528

export const sampleRow = <E extends EntityName>(entity: E, ind = firstRow): RowOf[E] =>
  datasetRow(defaultDataset, ind)[entity].row as RowOf[E]

/** A request of the course's script to `…/record`. @param data the row as JSON, or what a mistake makes of it */
export const recordBody = (stream: string, data: string, partitionKey = String(firstRow)): string =>
  `{"StreamName": ${JSON.stringify(stream)}, "Data": ${data}, "PartitionKey": ${JSON.stringify(partitionKey)}}`

/** A request to `…/records`, up to 500 records. */
export const recordsBody = (records: readonly { readonly data: object; readonly partitionKey: string }[]): string =>
  JSON.stringify({ records: records.map(({ data, partitionKey }) => ({ data, 'partition-key': partitionKey })) })
