import { allRejected, cleanedFinding, noneRejected } from './cleaned.ts'
import { type Pitfall } from './pitfall.ts'
import { recordBody, sampleRow } from './sample.ts'
import { scratchStream } from './scratch-stream.ts'

export const jsonInJson: Pitfall = {
  name: 'json-in-json',
  title: 'json.dumps inside Data: the record is a JSON text that holds JSON, and every column is null',
  run: async (site) => {
    const row = JSON.stringify(sampleRow('pin'))
    const data = async (sent: string): Promise<string[]> => {
      await using stream = await scratchStream(site, 'json-in-json')
      await stream.put('record', recordBody(stream.name, sent))
      return [...(await stream.read()).values()].flat()
    }
    const wrong = await cleanedFinding(
      'json.dumps({"StreamName": …, "Data": json.dumps(row), …})',
      'pin',
      await data(JSON.stringify(row)),
      site.signal,
    )
    const mended = await cleanedFinding(
      'json.dumps({"StreamName": …, "Data": row, …})',
      'pin',
      await data(row),
      site.signal,
    )
    return {
      wrong,
      cause:
        'the whole body goes through json.dumps once already; Data that was dumped before is a string in it, so from_json finds no object and gives null for every column',
      mended,
      holds: allRejected(wrong) && noneRejected(mended),
    }
  },
}
