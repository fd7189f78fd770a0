/** @param text `YYYY-MM-DD HH:MM:SS`, UTC. @returns seconds since 1970. */
export const secondsOf = (text: string): number => Date.parse(`${text.replace(' ', 'T')}Z`) / 1000

/** `YYYY-MM-DD HH:MM:SS` in UTC, as MySQL prints a DATETIME. */
export const dateTimeText = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')
