import { addressesOf, entityNames, streamName, topicName, type Profile } from '../../contract/index.ts'
import { valueOfName } from './placeholders.ts'
import { type ProjectFile } from './read-project.ts'

const usual = ['INVOKE_URL', 'USER_ID'] as const

/** config.py with the names that the scripts take from it; those that nothing tells about are None, to be filled in. */
export function configText(files: readonly ProjectFile[], profile: Profile): string {
  const sources = files.filter(({ path }) => /\.(py|ipynb)$/.test(path)).map(({ text }) => text)
  const names = [...new Set(sources.flatMap(namesOf))].toSorted()
  const lines = (names.length === 0 ? usual : names).map((name) => {
    const value = valueByUse(name, sources, profile) ?? valueByName(name, profile)
    return value === undefined ? `${name} = None  # fill in` : `${name} = ${JSON.stringify(value)}`
  })
  return `# addresses of the lab, written by "lab import-project"\n${lines.join('\n')}\n`
}

/** The names that a text imports from config or reads as config.X, or under the module's other name. */
function namesOf(text: string): string[] {
  const imports = [...text.matchAll(/\bfrom config import (?:\(([\w\s,]+)\)|([\w ,]+))/g)].flatMap((match) =>
    (match[1] ?? match[2] ?? '').split(',').map((part) => part.trim().split(/\s+/)[0] ?? ''),
  )
  const modules = [...text.matchAll(/\bimport config\b(?: as (\w+))?/g)].map((match) => match[1] ?? 'config')
  const reads = modules.flatMap((module) =>
    [...text.matchAll(new RegExp(`(?<![\\w.])${module}\\.([A-Za-z]\\w*)`, 'g'))].map((match) => match[1] ?? ''),
  )
  return [...imports, ...reads].filter((name) => name !== '' && name !== 'py')
}

/** `{X}/topics/` is the invoke URL and `/topics/{X}.pin` the user id, whatever they are called. */
function valueByUse(name: string, sources: readonly string[], profile: Profile): string | undefined {
  const used = (pattern: string): boolean => sources.some((text) => new RegExp(pattern).test(text))
  const braced = `\\{(?:\\w+\\.)?${name}\\}`
  if (used(`(?:${braced}|\\b${name}\\s*\\+\\s*f?["'])/(?:topics|streams)/`)) return addressesOf(profile).invokeUrl
  if (used(`${braced}\\.(?:pin|geo|user|\\{)|streaming-${braced}|user-${braced}-bucket`)) return profile.userId
  return undefined
}

/** PIN_INVOKE_URL and the like are addresses of one topic or stream. */
function valueByName(name: string, profile: Profile): string | undefined {
  const told = /(?:^|_)(pin|geo|user)(?:_|$)/i.exec(name)?.[1]?.toLowerCase()
  const entity = entityNames.find((known) => known === told)
  if (entity === undefined || !/url|invoke/i.test(name)) return valueOfName(name, profile)
  const { invokeUrl } = addressesOf(profile)
  return /stream|kinesis/i.test(name)
    ? `${invokeUrl}/streams/${streamName(profile.userId, entity)}/record`
    : `${invokeUrl}/topics/${topicName(profile.userId, entity)}`
}
