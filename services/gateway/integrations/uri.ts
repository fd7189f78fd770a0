export interface UriTemplate {
  readonly origin: string
  /** Path and query in pieces: text, or the name of a path parameter. */
  readonly pieces: readonly ({ readonly text: string } | { readonly parameter: string })[]
}

/**
 * Compiles an integration's `uri`. Stage variables are filled in now; `{name}` is filled per request and may stand in the path
 * only, so that no request can choose the host.
 *
 * @returns a sentence that names the fault when the uri cannot be used.
 */
export function uriTemplate(uri: string, stageVariables: Readonly<Record<string, string>>): UriTemplate | string {
  const missing = new Set<string>()
  const filled = uri.replaceAll(/\$\{stageVariables\.([A-Za-z0-9_]+)\}/g, (_, name: string) => {
    const value = stageVariables[name]
    if (value === undefined) missing.add(name)
    return value ?? ''
  })
  if (missing.size > 0) return `stage variable ${[...missing].join(', ')} has no value`
  const parts = /^(https?:\/\/[^/?#{}$@]+)(\/[!-"$-~]*)?$/.exec(filled)
  const [, origin = '', path = '/'] = parts ?? []
  if (!parts || !URL.canParse(origin))
    return `uri ${filled} is not http(s)://<host>[:<port>]/<path> with path parameters in its path only`
  const pieces = path
    .split(/(\{[^{}]*\})/)
    .filter((piece) => piece !== '')
    .map((piece) => {
      const parameter = /^\{([^{}]+?)\+?\}$/.exec(piece)?.[1]
      return parameter === undefined ? { text: piece } : { parameter }
    })
  return { origin: new URL(origin).origin, pieces }
}
