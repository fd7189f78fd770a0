import { styleText } from 'node:util'
import { LabError } from '../contract/index.ts'

type Style = Parameters<typeof styleText>[0]

/** Colour for a terminal; plain text where the stream is none, or NO_COLOR is set. */
export const styled = (style: Style, text: string, stream: NodeJS.WriteStream = process.stderr): string =>
  styleText(style, text, { stream })

/** stdout carries the answer, stderr the progress. */
export const answer = (text: string): void => {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`)
}
export const answerJson = (value: unknown): void => {
  answer(JSON.stringify(value, null, 2))
}
export const note = (text: string): void => {
  process.stderr.write(`${text}\n`)
}

export const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`
export const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(0)} MiB`

/** Three lines: what, why, fix; and the service's last lines where a start failed. */
export function reportError(error: unknown): number {
  if (error instanceof LabError) {
    for (const line of logLinesOf(error)) note(styled('dim', `  | ${line}`))
    note(`${styled('red', 'error')} ${error.code}: ${error.what}`)
    note(`  why: ${error.why}`)
    note(`  fix: ${error.fix}`)
    return error.exitCode
  }
  note(`${styled('red', 'error')} LAB_BUG: ${error instanceof Error ? error.message : String(error)}`)
  note('  why: this is a fault of the lab itself')
  note(`  fix: report it with this trace: ${error instanceof Error ? (error.stack ?? '') : ''}`)
  return 70 // EX_SOFTWARE, sysexits.h
}

/** After Ctrl-C only what it stopped is told: whatever else fails then fails because of it. */
export const reportInterrupted = (error: unknown): number =>
  error instanceof LabError && error.code === 'LAB_INTERRUPTED' ? reportError(error) : 130

const logLinesOf = (error: LabError): readonly string[] =>
  'lastLogLines' in error && Array.isArray(error.lastLogLines) ? (error.lastLogLines as string[]) : []

/** Prints the stages of a long command, each with its elapsed time; `waiting` says what is being waited for. */
export class Stages {
  readonly #startedAt = performance.now()

  get elapsedMs(): number {
    return performance.now() - this.#startedAt
  }

  async run<T>(title: string, work: (say: (text: string) => void) => Promise<T>): Promise<T> {
    const startedAt = performance.now()
    note(`${styled('cyan', '▸')} ${title}`)
    const say = (text: string): void => {
      note(styled('dim', `  ${seconds(performance.now() - startedAt).padStart(7)}  ${text}`))
    }
    const result = await work(say)
    note(`${styled('green', '✓')} ${title} ${styled('dim', `(${seconds(performance.now() - startedAt)})`)}`)
    return result
  }
}

/** Lets `say` through at most once per `intervalMs`, so that progress informs and does not flood. */
export function throttled(say: (text: string) => void, intervalMs: number): (text: string) => void {
  let lastAt = -Infinity
  return (text) => {
    const now = performance.now()
    if (now - lastAt < intervalMs) return
    lastAt = now
    say(text)
  }
}
