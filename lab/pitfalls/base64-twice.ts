import { allRejected, cleanedFinding, noneRejected } from './cleaned.ts'
import { type Pitfall } from './pitfall.ts'
import { recordBody, sampleRow } from './sample.ts'
import { scratchStream } from './scratch-stream.ts'

export const base64Twice: Pitfall = {
  name: 'base64-twice',
  title: 'Data encoded by the script and again by the mapping template: Kinesis holds base64 text',
  run: async (site) => {
    const row = JSON.stringify(sampleRow('pin'))
    const data = async (sent: string): Promise<string[]> => {
      await using stream = await scratchStream(site, 'base64-twice')
      await stream.put('record', recordBody(stream.name, sent))
      return [...(await stream.read()).values()].flat().map(withoutQuotes)
    }
    const wrong = await cleanedFinding(
      '"Data": base64.b64encode(json.dumps(row).encode()).decode()',
      'pin',
      await data(JSON.stringify(Buffer.from(row).toString('base64'))),
      site.signal,
    )
    const mended = await cleanedFinding('"Data": row', 'pin', await data(row), site.signal)
    return {
      wrong,
      cause:
        'the mapping template of …/record encodes Data itself ($util.base64Encode), as Kinesis wants it; what was encoded before it came is encoded twice, and Spark decodes once',
      mended,
      holds: allRejected(wrong) && noneRejected(mended),
    }
  },
}

/** `$input.json` renders a string with its quotes. */
const withoutQuotes = (text: string): string => text.replace(/^"(.*)"$/s, '$1')
