import { EvaluationError } from '../values/value.ts'
import { maxTextLength } from './bounds.ts'

/** Rendered text together with the template's line that wrote each part of it. */
export class Output {
  text = ''
  /** For each part in turn its offset, its line, and 1 when its own line breaks are the template's. */
  private readonly parts: number[] = []

  /** Text of the template itself: it may span lines. @throws EvaluationError past the greatest length */
  copy(text: string, line: number): void {
    this.append(text, line, 1)
  }

  /** What a reference of that line gave. @throws EvaluationError past the greatest length */
  write(text: string, line: number): void {
    this.append(text, line, 0)
  }

  private append(text: string, line: number, isTemplate: 0 | 1): void {
    if (this.text.length + text.length > maxTextLength)
      throw new EvaluationError(`the template writes more than ${String(maxTextLength)} characters`)
    this.parts.push(this.text.length, line, isTemplate)
    this.text += text
  }

  lineOf(offset: number): number {
    let low = 0
    let high = this.parts.length / 3 - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.parts[middle * 3] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    const from = this.parts[low * 3] ?? 0
    const line = this.parts[low * 3 + 1] ?? 1
    return this.parts[low * 3 + 2] === 1 ? line + this.text.slice(from, offset).split('\n').length - 1 : line
  }
}
