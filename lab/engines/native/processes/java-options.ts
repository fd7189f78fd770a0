/** Text of a file that `java @file` reads its options from, of whatever characters they are. */
export const argumentFile = (options: readonly string[]): string =>
  options.map((option) => `"${option.replaceAll('\\', '\\\\')}"\n`).join('')
