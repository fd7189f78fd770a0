import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

const projectRoot = resolve(import.meta.dirname, '..')

/** Folder of one lab: everything it keeps. Two labs side by side have two homes and a port offset between them. */
export interface LabHome {
  readonly root: string
  /** Programs of set-up, shared by every lab of this checkout. */
  readonly tools: string
  readonly logs: string
  /** Sockets of running processes; empty while the lab is stopped. */
  readonly run: string
  readonly credentials: string
  /** Settings of the last `up`: what later commands and the next `up` start from. */
  readonly profile: string
  /** CSV tables of `seed import`, held for the next start. */
  readonly import: string
  readonly data: (service: string) => string
  readonly ledger: (userId: string) => string
  /** Of the stream job: a folder a stream. */
  readonly checkpoints: string
  readonly checkpointsUri: string
}

/** @param path LAB_HOME, absolute or relative to the working directory; `.lab` of the project when undefined or blank. */
export function labHome(path?: string): LabHome {
  const root = path === undefined || path === '' ? join(projectRoot, '.lab') : resolve(path)
  const checkpoints = join(root, 'data', 'spark-stream', 'checkpoints')
  return {
    root,
    tools: join(projectRoot, '.lab', 'tools'),
    logs: join(root, 'logs'),
    run: join(root, 'run'),
    credentials: join(root, 'credentials.json'),
    profile: join(root, 'profile.json'),
    import: join(root, 'import'),
    data: (service) => join(root, 'data', service),
    checkpoints,
    checkpointsUri: pathToFileURL(checkpoints).href,
    ledger: (userId) => join(root, 'ledger', `${userId}.jsonl`),
  }
}

export { projectRoot }
