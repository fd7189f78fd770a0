export interface RequestTarget {
  /** First path segment; API Gateway's stage. */
  readonly stage: string
  /** The rest of the path from its slash on, percent-encoded as it came; `/` when nothing follows the stage. */
  readonly path: string
  /** Without its question mark; empty when there is none. */
  readonly query: string
}

const dotSegment = /\/(?:\.|%2e){1,2}(?:\/|$)/i

/**
 * Splits an HTTP request target. Dot segments, percent-encoded ones too, are resolved before anything is routed (RFC 3986,
 * 5.2.4), so a path can leave neither its stage nor its integration; slashes after the stage count once. The authority of an
 * absolute-form target is dropped: it never chooses a host. Undefined for a target that is no path (`*`, `host:port`).
 */
export function parseTarget(target: string): RequestTarget | undefined {
  let origin = target
  if (origin.charCodeAt(0) !== 0x2f) {
    const absolute = /^https?:\/\/[^/?#]*([^]*)$/i.exec(origin)
    if (!absolute) return undefined
    origin = absolute[1]?.startsWith('/') ? absolute[1] : `/${absolute[1] ?? ''}`
  }
  const hash = origin.indexOf('#')
  if (hash >= 0) origin = origin.slice(0, hash)
  const mark = origin.indexOf('?')
  const query = mark < 0 ? '' : origin.slice(mark + 1)
  let path = mark < 0 ? origin : origin.slice(0, mark)
  if (dotSegment.test(path)) path = withoutDotSegments(path)
  const stageEnd = path.indexOf('/', 1)
  if (stageEnd < 0) return { stage: path.slice(1), path: '/', query }
  let start = stageEnd
  while (path.charCodeAt(start + 1) === 0x2f) start += 1
  return { stage: path.slice(1, stageEnd), path: path.slice(start), query }
}

function withoutDotSegments(path: string): string {
  const kept: string[] = []
  const segments = path.slice(1).split('/')
  segments.forEach((segment, index) => {
    const dots = segment.replaceAll(/%2e/gi, '.')
    if (dots !== '.' && dots !== '..') kept.push(segment)
    else {
      if (dots === '..') kept.pop()
      if (index === segments.length - 1) kept.push('')
    }
  })
  return `/${kept.join('/')}`
}
