import { addressesOf, type Profile } from '../../contract/index.ts'
import { type ProjectFile } from './read-project.ts'
import { rulesFor } from './rules.ts'

/** A place of a project to change before it works with the lab. */
export interface Change {
  readonly file: string
  /** From 1, of the file's own text: a notebook's too. */
  readonly line: number
  readonly kind: string
  readonly found: string
  readonly replaceWith: string
}

/** Every place to change, in the order of files and lines. */
export function scanProject(files: readonly ProjectFile[], profile: Profile): Change[] {
  const rules = rulesFor(profile)
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index): Change[] => {
        const taken: { start: number; change: Change }[] = []
        for (const { kind, pattern, replacement } of rules) {
          for (const match of line.matchAll(pattern)) {
            const [found] = match
            const { index: start } = match
            const overlaps = taken.some(
              (t) => start < t.start + t.change.found.length && t.start < start + found.length,
            )
            const replaceWith = replacement(match)
            if (overlaps || replaceWith === undefined || replaceWith === found) continue
            taken.push({ start, change: { file: path, line: index + 1, kind, found, replaceWith } })
          }
        }
        return taken.toSorted((a, b) => a.start - b.start).map(({ change }) => change)
      })
      .concat(bareClients(path, text, profile))
      .toSorted((a, b) => a.line - b.line),
  )
}

/** Clients of boto3 that would ask AWS itself: calls without endpoint_url, over one or several lines. */
function bareClients(file: string, text: string, profile: Profile): Change[] {
  const { s3, kinesis } = addressesOf(profile)
  const calls = text.matchAll(/\.(?:client|resource)\(\s*\\?["'](s3|kinesis)\\?["'][^)]*\)/g)
  return [...calls]
    .filter(([call]) => !call.includes('endpoint_url'))
    .map((call) => ({
      file,
      line: text.slice(0, call.index).split('\n').length,
      kind: 'AWS endpoint',
      found: `${call[1] ?? ''} client without endpoint_url`,
      replaceWith: `endpoint_url="${call[1] === 's3' ? s3 : kinesis}"`,
    }))
}
