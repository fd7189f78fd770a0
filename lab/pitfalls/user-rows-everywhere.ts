import { allRejected, cleanedFinding, noneRejected } from './cleaned.ts'
import { type Pitfall } from './pitfall.ts'
import { recordBody, sampleRow } from './sample.ts'
import { scratchStream } from './scratch-stream.ts'

export const userRowsEverywhere: Pitfall = {
  name: 'user-rows-everywhere',
  title: 'one variable sent to all three streams: pin and geo hold user rows',
  run: async (site) => {
    const data = async (row: object): Promise<string[]> => {
      await using stream = await scratchStream(site, 'user-rows')
      await stream.put('record', recordBody(stream.name, JSON.stringify(row)))
      return [...(await stream.read()).values()].flat()
    }
    const wrong = await cleanedFinding(
      'pin stream: "Data": user_result',
      'pin',
      await data(sampleRow('user')),
      site.signal,
    )
    const mended = await cleanedFinding(
      'pin stream: "Data": pin_result',
      'pin',
      await data(sampleRow('pin')),
      site.signal,
    )
    return {
      wrong,
      cause:
        'the three PUT calls were copied and their Data not changed; a schema that allows null columns takes such rows without a word, so they are looked for here (rule 11) and kept in quarantine',
      mended,
      holds: allRejected(wrong) && noneRejected(mended),
    }
  },
}
