const maxHeadBytes = 64 * 1024
const endOfHead = Buffer.from('\r\n\r\n')
const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/

type State = 'head' | 'sized' | 'until-end' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailers' | 'done'

/** `failed` once the bytes are no HTTP/1 response; nothing more is read then. */
export type Progress = 'more' | 'done' | 'failed'

/**
 * Reads one HTTP/1.1 response from bytes however they are cut (RFC 9112, sections 4 to 7). Strict: what another reader could
 * take for something else (two lengths, a length and chunks, folded lines) is no response. Interim 1xx responses are skipped.
 */
export class ResponseParser {
  status = 0
  /** Lower-case names and values in turn. */
  headers: string[] = []
  /** Whether another response may follow on the connection. */
  isReusable = false
  /** Content-Length as the server wrote it, also of an answer without a body. */
  declaredLength: string | undefined
  /** Seconds of `Keep-Alive: timeout=`; undefined when the server does not say. */
  keepAliveSeconds: number | undefined
  failure = ''

  readonly #hasBody: boolean
  /** @returns false to stop: the caller has no room. `chunk` is valid during the call only. */
  readonly #onBody: (chunk: Buffer) => boolean
  #state: State = 'head'
  #held: Buffer | undefined
  #left = 0

  constructor(method: string, onBody: (chunk: Buffer) => boolean) {
    this.#hasBody = method !== 'HEAD'
    this.#onBody = onBody
  }

  push(input: Buffer): Progress {
    let bytes = this.#held ? Buffer.concat([this.#held, input]) : input
    this.#held = undefined
    for (;;) {
      switch (this.#state) {
        case 'head': {
          const end = bytes.indexOf(endOfHead)
          if (end < 0) return this.#hold(bytes)
          if (!this.#readHead(bytes.toString('latin1', 0, end))) return 'failed'
          bytes = bytes.subarray(end + 4)
          break
        }
        case 'sized':
        case 'chunk': {
          if (bytes.length === 0) return 'more'
          const taken = bytes.length <= this.#left ? bytes : bytes.subarray(0, this.#left)
          if (!this.#onBody(taken)) return this.#fail('the reader stopped')
          this.#left -= taken.length
          bytes = bytes.subarray(taken.length)
          if (this.#left === 0) this.#state = this.#state === 'chunk' ? 'chunk-end' : 'done'
          break
        }
        case 'until-end':
          if (bytes.length > 0 && !this.#onBody(bytes)) return this.#fail('the reader stopped')
          return 'more'
        case 'chunk-size':
        case 'chunk-end':
        case 'trailers': {
          const end = bytes.indexOf('\r\n')
          if (end < 0) return this.#hold(bytes)
          if (!this.#readChunkLine(bytes.toString('latin1', 0, end))) return this.#fail('chunks are not well formed')
          bytes = bytes.subarray(end + 2)
          break
        }
        case 'done':
          if (bytes.length > 0) this.isReusable = false
          return 'done'
      }
    }
  }

  /** The server closed its side. */
  end(): Progress {
    if (this.#state === 'until-end' || this.#state === 'done') return 'done'
    return this.#fail('the backend closed the connection before its response was whole')
  }

  #hold(bytes: Buffer): Progress {
    if (bytes.length > maxHeadBytes) return this.#fail('the head of the response is too long')
    this.#held = Buffer.from(bytes) // the reader's buffer is used again
    return 'more'
  }

  #fail(why: string): Progress {
    this.failure = why
    this.isReusable = false
    return 'failed'
  }

  #readHead(head: string): boolean {
    const [, minor, status] = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |\r|$)/.exec(head) ?? []
    if (status === undefined) return this.#fail('the answer is no HTTP/1 response') === 'done'
    this.status = Number(status)
    this.headers = []
    let isChunked = false
    let closes = minor === '0'
    let start = head.indexOf('\r\n')
    while (start >= 0) {
      const next = head.indexOf('\r\n', start + 2)
      const line = head.slice(start + 2, next < 0 ? undefined : next)
      start = next
      const colon = line.indexOf(':')
      const name = line.slice(0, Math.max(0, colon)).toLowerCase()
      const value = line.slice(colon + 1).trim()
      if (!token.test(name) || !fieldValue.test(value)) return this.#fail('a header is not well formed') === 'done'
      this.headers.push(name, value)
      if (name === 'content-length') {
        if (!/^\d+$/.test(value) || (this.declaredLength ?? value) !== value)
          return this.#fail('the length is not well formed') === 'done'
        this.declaredLength = value
      } else if (name === 'transfer-encoding') {
        if (value.toLowerCase() !== 'chunked') return this.#fail(`transfer encoding ${value}`) === 'done'
        isChunked = true
      } else if (name === 'connection') {
        if (/\bclose\b/i.test(value)) closes = true
        else if (/\bkeep-alive\b/i.test(value)) closes = false
      } else if (name === 'keep-alive') {
        const seconds = /\btimeout=(\d+)/i.exec(value)?.[1]
        if (seconds !== undefined) this.keepAliveSeconds = Number(seconds)
      }
    }
    return this.#startBody(isChunked, closes)
  }

  #startBody(isChunked: boolean, closes: boolean): boolean {
    if (this.status < 200) {
      if (this.status === 101) return this.#fail('the backend switched protocols') === 'done'
      this.declaredLength = undefined
      return true
    }
    if (isChunked && this.declaredLength !== undefined)
      return this.#fail('the response has a length and chunks') === 'done'
    this.isReusable = !closes
    if (!this.#hasBody || this.status === 204 || this.status === 304) this.#state = 'done'
    else if (isChunked) this.#state = 'chunk-size'
    else if (this.declaredLength === undefined) {
      this.#state = 'until-end'
      this.isReusable = false
    } else {
      this.#left = Number(this.declaredLength)
      this.#state = this.#left === 0 ? 'done' : 'sized'
    }
    return true
  }

  #readChunkLine(line: string): boolean {
    if (this.#state === 'chunk-end') {
      this.#state = 'chunk-size'
      return line === ''
    }
    if (this.#state === 'trailers') {
      if (line === '') this.#state = 'done'
      return true
    }
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;.*)?$/i.exec(line)?.[1]
    if (size === undefined) return false
    this.#left = Number.parseInt(size, 16)
    this.#state = this.#left === 0 ? 'trailers' : 'chunk'
    return true
  }
}
