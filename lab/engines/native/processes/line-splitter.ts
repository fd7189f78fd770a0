import { StringDecoder } from 'node:string_decoder'

/** Cuts what a process prints into lines; a longer line than `maxLength` characters is given in pieces, so that nothing piles up. */
export function lineSplitter(onLine: (line: string) => void, maxLength = 16_384) {
  const decoder = new StringDecoder('utf8')
  let open = ''
  const give = (line: string): void => {
    for (let start = 0; start === 0 || start < line.length; start += maxLength)
      onLine(line.slice(start, start + maxLength))
  }
  return {
    push: (chunk: Buffer): void => {
      const lines = (open + decoder.write(chunk)).split('\n')
      open = lines.pop() ?? ''
      for (const line of lines) give(line)
      if (open.length < maxLength) return
      give(open)
      open = ''
    },
    end: (): void => {
      const rest = open + decoder.end()
      open = ''
      if (rest !== '') give(rest)
    },
  }
}
