import { postFrom } from '../../../emulator/run.ts'
import { parsePosting, type PostingOptions } from '../../../emulator/options.ts'
import { tablesOf } from './fixtures.ts'

// An emulator in a process of its own, to be killed: options as JSON in the first argument, the summary as JSON on stdout.
const stop = new AbortController()
process.once('SIGINT', () => {
  stop.abort()
})
const options = parsePosting(JSON.parse(process.argv[2] ?? '') as PostingOptions)
const summary = await postFrom(tablesOf(11_154), options, { signal: stop.signal })
process.stdout.write(JSON.stringify(summary))
