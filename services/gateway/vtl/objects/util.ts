import { NotJson, readJson } from '../values/json-reader.ts'
import { textOf } from '../values/text.ts'
import { EvaluationError, type HostObject, type Nullable } from '../values/value.ts'

/** `$util` ("$util functions" of the mapping template reference). A value that is no string counts as what it prints. */
export const utilObject: HostObject = {
  host: true,
  text: '',
  property: () => undefined,
  call: (method, [parameter, ...more]) =>
    parameter === undefined || more.length > 0 ? undefined : functions.get(method)?.(textOf(parameter)),
}

const functions: ReadonlyMap<string, (text: string) => Nullable> = new Map(
  Object.entries({
    escapeJavaScript,
    parseJson,
    urlEncode,
    urlDecode,
    base64Encode: (text: string) => Buffer.from(text).toString('base64'),
    base64Decode: (text: string) => Buffer.from(text, 'base64').toString(),
  }),
)

const escapes: ReadonlyMap<string, string> = new Map([
  ["'", "\\'"],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

/**
 * As commons-lang's StringEscapeUtils.escapeJavaScript, whose description the reference repeats. A single quote becomes \', which
 * JSON does not know: the reference tells templates to undo it with replaceAll("\\'", "'").
 */
function escapeJavaScript(text: string): string {
  return text.replaceAll(
    /['"\\/\u0000-\u001f\u007f-\uffff]/g,
    (character) =>
      escapes.get(character) ??
      (character === '\u007f'
        ? character
        : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`),
  )
}

function parseJson(text: string): Nullable {
  try {
    return readJson(text)
  } catch (error) {
    if (error instanceof NotJson) throw new EvaluationError(`$util.parseJson was given what is ${error.message}`)
    throw error
  }
}

/** As java.net.URLEncoder: a form's encoding, with + for a blank. */
function urlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%20', '+')
    .replaceAll(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
}

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    if (error instanceof URIError)
      throw new EvaluationError('$util.urlDecode was given a percent sign without its two digits')
    throw error
  }
}
