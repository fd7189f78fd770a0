/**
 * Reads the text of a Java `.properties` file, the form in which MSK Connect takes a connector's configuration: `key=value`,
 * `key: value` or `key value` a line, `#` and `!` comments, a backslash to continue a line or to escape. The last of equal
 * keys wins.
 */
export function parseProperties(text: string): Record<string, string> {
  const entries = logicalLines(text).map(keyAndValue)
  return Object.fromEntries(entries)
}

function logicalLines(text: string): string[] {
  const lines: string[] = []
  let open = ''
  for (const raw of text.split(/\r\n|\n|\r/)) {
    const line = raw.replace(/^[ \t\f]+/, '')
    if (open === '' && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const trailing = /\\*$/.exec(line)?.[0].length ?? 0
    if (trailing % 2 === 1) {
      open += line.slice(0, -1)
      continue
    }
    lines.push(open + line)
    open = ''
  }
  return open === '' ? lines : [...lines, open]
}

function keyAndValue(line: string): [string, string] {
  const key = /^(?:\\.|[^\\:= \t\f])*/.exec(line)?.[0] ?? ''
  const value = line.slice(key.length).replace(/^[ \t\f]*[:=]?[ \t\f]*/, '')
  return [unescaped(key), unescaped(value)]
}

const controls: Readonly<Record<string, string>> = { t: '\t', n: '\n', r: '\r', f: '\f' }

const unescaped = (text: string): string =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/g, (_, hex: string | undefined, char: string | undefined) =>
    hex === undefined ? (controls[char ?? ''] ?? char ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
  )
