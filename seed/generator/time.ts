/** @param text `YYYY-MM-DD HH:MM:SS`, UTC. @returns seconds since 1970. */
export const secondsOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000

const secondsOfDay = 86_400
const twoDigits = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, '0'))
/** The few thousand days of a data set: making an ISO text for each of millions of rows took a sixth of a load. */
const dayTexts = new Map<number, string>()

/** `YYYY-MM-DD HH:MM:SS` in UTC, as MySQL prints a DATETIME. */
export function dateTimeText(seconds: number): string {
  const day = Math.floor(seconds / secondsOfDay)
  const rest = seconds - day * secondsOfDay
  let dayText = dayTexts.get(day)
  if (dayText === undefined) {
    dayText = new Date(day * secondsOfDay * 1000).toISOString().slice(0, 10)
    dayTexts.set(day, dayText)
  }
  const [hour, minute, second] = [Math.floor(rest / 3600), Math.floor(rest / 60) % 60, rest % 60]
  return `${dayText} ${twoDigits[hour] ?? ''}:${twoDigits[minute] ?? ''}:${twoDigits[second] ?? ''}`
}
