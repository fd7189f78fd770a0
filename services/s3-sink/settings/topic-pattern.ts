/** Syntax of Java patterns that JavaScript reads otherwise, or not at all. */
const javaOnly = /\\[QEGhHRXzZAN]|\(\?[a-zA-Z-]+[:)]|[*+?}]\+|&&|\\p\{(?:Alpha|Digit|Alnum|Punct|Lower|Upper)\}/

/** Topics whose whole name matches a Java pattern, Kafka's internal ones excluded; or why the pattern cannot be used. */
export function topicPattern(source: string): { matches: (topic: string) => boolean } | { fault: string } {
  if (javaOnly.test(source)) return { fault: 'This sink does not support this part of Java pattern syntax' }
  try {
    const pattern = new RegExp(`^(?:${source})$`)
    return { matches: (topic) => !topic.startsWith('__') && pattern.test(topic) }
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: `Invalid regex: ${error.message}` }
    throw error
  }
}
