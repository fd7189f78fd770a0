import { EvaluationError } from '../values/value.ts'
import { maxTextLength } from './bounds.ts'

/** Most bytes of UTF-8 that a UTF-16 unit becomes. */
const maxBytesPerUnit = 3

/** Rendered text together with the template's line that wrote each part of it. */
export class Output {
  private readonly parts: string[] = []
  /** For each part in turn its offset, its line, and 1 when its own line breaks are the template's. */
  private readonly places: number[] = []
  private length = 0
  private longestPart = 0

  /** Text of the template itself: it may span lines. @throws EvaluationError past the greatest length */
  copy(text: string, line: number): void {
    this.append(text, line, 1)
  }

  /** What a reference of that line gave. @throws EvaluationError past the greatest length */
  write(text: string, line: number): void {
    this.append(text, line, 0)
  }

  private append(text: string, line: number, isTemplate: 0 | 1): void {
    if (this.length + text.length > maxTextLength)
      throw new EvaluationError(`the template writes more than ${String(maxTextLength)} characters`)
    this.places.push(this.length, line, isTemplate)
    this.parts.push(text)
    this.length += text.length
    this.longestPart = Math.max(this.longestPart, text.length)
  }

  get text(): string {
    return this.parts.join('')
  }

  /** The text in UTF-8. Part by part into the buffer that is sent: a text of a megabyte costs a third of its rendering to put together. */
  toBytes(): Buffer {
    // while all was ASCII, whatever comes next fits
    const bytes = Buffer.allocUnsafe(this.length + maxBytesPerUnit * this.longestPart)
    let at = 0
    for (const part of this.parts) {
      const written = bytes.write(part, at)
      if (written !== part.length) return Buffer.from(this.text)
      at += written
    }
    return bytes.subarray(0, at)
  }

  lineOf(offset: number): number {
    let low = 0
    let high = this.parts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.places[middle * 3] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const from = this.places[low * 3] ?? 0
    const line = this.places[low * 3 + 1] ?? 1
    if (this.places[low * 3 + 2] !== 1) return line
    return line + (this.parts[low] ?? '').slice(0, offset - from).split('\n').length - 1
  }
}
