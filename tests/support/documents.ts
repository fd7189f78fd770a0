import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const projectRoot = resolve(import.meta.dirname, '..', '..')

/** The lines of every `sh` block of a document, in order. */
export function commandsOf(document: string): string[] {
  const text = readFileSync(join(projectRoot, document), 'utf8')
  return [...text.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, block = '']) =>
    block.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
  )
}
