import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { LabError } from '../../../contract/index.ts'
import { parseJson } from '../../runtime/parse-json.ts'

export const targetStates = ['RUNNING', 'PAUSED', 'STOPPED'] as const
export type TargetState = (typeof targetStates)[number]

const Kept = z.record(
  z.string(),
  z.strictObject({ config: z.record(z.string(), z.string()), target: z.enum(targetStates) }),
)
/** Connectors by name. */
export type KeptConnectors = z.infer<typeof Kept>

/** The connectors on disk: whole at any moment, and there once `save` has resolved, whatever happens to the process. */
export class RegistryFile {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  get #path(): string {
    return join(this.#folder, 'connectors.json')
  }

  /** @throws LabError LAB_STATE_BROKEN when the file is not one that `save` wrote */
  async load(): Promise<KeptConnectors> {
    await mkdir(this.#folder, { recursive: true })
    const text = await readFile(this.#path, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '{}'
      throw error
    })
    const parsed = Kept.safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    throw new LabError('LAB_STATE_BROKEN', {
      what: `${this.#path} cannot be read`,
      why: 'it is not the list of connectors that this service keeps',
      fix: 'delete it; the lab creates its connector again at the next start',
    })
  }

  async save(connectors: KeptConnectors): Promise<void> {
    const partial = `${this.#path}.partial`
    await using file = await open(partial, 'w', 0o600)
    await file.writeFile(JSON.stringify(connectors, null, 2))
    await file.sync()
    await rename(partial, this.#path)
    await using folder = await open(this.#folder, 'r')
    await folder.sync()
  }
}
