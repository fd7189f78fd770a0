import { pino, type Logger } from 'pino'

export type { Logger } from 'pino'

/** JSON lines on stderr: time, level, service, msg and the field's words. One line a batch, never one a record. */
export const createLog = (service: string, level = 'info'): Logger =>
  pino(
    {
      base: { service },
      level,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'msg',
    },
    pino.destination({ dest: 2, sync: true }),
  )
