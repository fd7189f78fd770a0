import { type LabHome } from '../../home.ts'
import { homeMark, serviceMark } from './proc.ts'

/** What programs need to run at all. The rest of a user's environment (proxies, JVM, Node and AWS settings) does not reach them. */
const passedOn = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'JAVA_HOME', 'LD_LIBRARY_PATH'] as const

/** Environment of a process of the lab; times are UTC in every one of them. */
export function labEnvironment(home: LabHome, service: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { TZ: 'UTC', [homeMark]: home.root, [serviceMark]: service }
  for (const name of passedOn) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return env
}

/** Folders that programs are looked for in. */
export const programPath = (): string => process.env['PATH'] ?? ''
