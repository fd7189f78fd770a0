/** A template that breaks the grammar; line and column count from 1. */
export class SyntaxFault extends Error {
  readonly line: number
  readonly column: number

  constructor(line: number, column: number, why: string) {
    super(why)
    this.line = line
    this.column = column
  }
}

/** A place in a template's text. */
export class Cursor {
  readonly text: string
  offset = 0
  private readonly firstLine: number
  private readonly firstColumn: number
  private readonly lineStarts: readonly number[]

  /** @param firstLine, firstColumn where the text begins in the template: a string literal is a template within one. */
  constructor(text: string, firstLine = 1, firstColumn = 1) {
    this.text = text
    this.firstLine = firstLine
    this.firstColumn = firstColumn
    const starts = [0]
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
    this.lineStarts = starts
  }

  get atEnd(): boolean {
    return this.offset >= this.text.length
  }

  lineAt(offset: number): number {
    return this.firstLine + this.rowAt(offset)
  }

  columnAt(offset: number): number {
    const row = this.rowAt(offset)
    return offset - (this.lineStarts[row] ?? 0) + (row === 0 ? this.firstColumn : 1)
  }

  /** Whether `text` stands here; moves past it when it does. */
  takes(text: string): boolean {
    if (!this.text.startsWith(text, this.offset)) return false
    this.offset += text.length
    return true
  }

  /** What the sticky `pattern` matches here, after moving past it. */
  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.offset
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.offset += found.length
    return found
  }

  looksAt(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset
    return pattern.test(this.text)
  }

  /** @param offset where the fault lies; here when left out. */
  fault(why: string, offset = this.offset): SyntaxFault {
    return new SyntaxFault(this.lineAt(offset), this.columnAt(offset), why)
  }

  /** The next few characters, for a message. */
  found(): string {
    return this.atEnd ? 'the end of the template' : JSON.stringify(this.text.slice(this.offset, this.offset + 12))
  }

  private rowAt(offset: number): number {
    let low = 0
    let high = this.lineStarts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.lineStarts[middle] ?? 0) <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
}
