import { allRejected, cleanedFinding, noneRejected } from './cleaned.ts'
import { type Pitfall } from './pitfall.ts'
import { recordsBody, sampleRow } from './sample.ts'
import { scratchStream } from './scratch-stream.ts'
import { secondGateway } from './second-gateway.ts'

export const javaMapText: Pitfall = {
  name: 'java-map-text',
  title: 'a mapping template that prints an object: Kinesis holds {index=7528, …}, which is no JSON',
  run: async (site) => {
    const row = sampleRow('pin')
    await using tutorial = await secondGateway(site, { putRecordsTemplate: 'tutorial' })
    const data = async (invokeUrl?: string): Promise<string[]> => {
      await using stream = await scratchStream(site, 'java-map')
      await stream.put('records', recordsBody([{ data: row, partitionKey: String(row.index) }]), invokeUrl)
      return [...(await stream.read()).values()].flat()
    }
    const wrong = await cleanedFinding(
      '"Data": "$util.base64Encode($elem.data)"',
      'pin',
      await data(tutorial.invokeUrl),
      site.signal,
    )
    const mended = await cleanedFinding(
      '"Data": "$util.base64Encode($input.json("$.records[$foreach.index].data"))"',
      'pin',
      await data(),
      site.signal,
    )
    return {
      wrong,
      cause:
        'the template of the tutorials expects data to be a text; an object is a Java map inside a template and is printed as Java prints one, while $input.json prints JSON',
      mended,
      holds: allRejected(wrong) && noneRejected(mended),
    }
  },
}
