import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { LabError, queryIds, variants, type PathName, type QueryId, type Variant } from '../contract/index.ts'
import { type S3ClientOptions } from '../clients/s3.ts'
import { cleanCounts, type CleanCounts } from '../analytics/clean-counts.ts'
import { labEnvironment } from './engines/native/environment.ts'
import { archivedClasses } from './engines/native/processes/class-archive.ts'
import { prepareSparkJava, sparkJavaEnvironment } from './engines/native/processes/spark-java.ts'
import { type RunningLab, s3OptionsOf } from './context.ts'
import { projectRoot, type LabHome } from './home.ts'
import { toolPaths, type ToolPaths } from './install/tools.ts'

const Rows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()])))
const Output = z.strictObject({
  answers: z.partialRecord(z.enum(variants), z.partialRecord(z.enum(queryIds), Rows)),
  counts: Rows,
  quarantine: Rows,
})

export interface SparkAnswersOptions {
  readonly home: LabHome
  readonly tools: ToolPaths
  readonly s3: S3ClientOptions
  /** The stream path's Delta tables, or the batch path's objects. */
  readonly source: { readonly tablesUri: string } | { readonly bucket: string }
  /** Folder that gets the clean tables and answers of the batch path; without one nothing is written. */
  readonly outputUri?: string
  readonly userId: string
  readonly queries: readonly QueryId[]
  readonly variants: readonly Variant[]
  readonly signal: AbortSignal
  /** Called with each step that has ended and its time, of a run that writes. */
  readonly onStep?: (step: string) => void
}

/** The counts are those of the right variant, whichever variants answer. */
export interface SparkAnswersResult extends CleanCounts {
  readonly answers: z.infer<typeof Output>['answers']
}

const scripts = join(projectRoot, 'analytics', 'spark')
const keptOutputChars = 16_000

/**
 * A Spark in a process of its own that answers the queries over one path's records, once. It starts while its caller is still at
 * other work, and dies with this process, an abort of the signal, or its disposal.
 */
export class SparkAnswers implements AsyncDisposable {
  readonly #folder: string
  readonly #child: ChildProcess
  readonly #signal: AbortSignal
  readonly #ended: Promise<number | null>
  #printed = ''

  private constructor(folder: string, child: ChildProcess, signal: AbortSignal) {
    this.#folder = folder
    this.#child = child
    this.#signal = signal
    this.#ended = new Promise((resolve) => {
      child.once('close', resolve)
      child.once('error', (error) => {
        this.#printed += error.message
        resolve(null)
      })
    })
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#printed = (this.#printed + text).slice(-keptOutputChars)
      })
    child.stdin?.on('error', () => undefined) // it has ended early: why is what it printed
    signal.addEventListener('abort', this.#kill, { once: true })
  }

  static async start(options: SparkAnswersOptions): Promise<SparkAnswers> {
    const { home, tools, s3, source, outputUri, userId, queries, variants, signal } = options
    signal.throwIfAborted()
    const { sparkPython: python, sparkHome, sparkJars } = tools
    const folder = await mkdtemp(join(tmpdir(), 'pinlab-answers-'))
    const jarFolders = [sparkJars, join(sparkHome, 'jars')]
    await prepareSparkJava(folder, await archivedClasses({ jarFolders, archiveDir: dirname(sparkJars) }))
    const { endpoint, region, accessKeyId, secretAccessKey } = s3
    const output = join(folder, 'answers.json')
    const config = { userId, s3: { endpoint, region }, source, outputUri, queries, variants, output }
    const script = join(scripts, outputUri === undefined ? 'answers.py' : 'batch.py')
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', python, script], {
      cwd: folder,
      stdio: ['pipe', 'pipe', 'pipe'],
      env: {
        ...labEnvironment(home, 'spark-answers'),
        ...sparkJavaEnvironment({ python, sparkHome, sparkJars, folder }),
        PINLAB_CONFIG: JSON.stringify(config),
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
      },
    })
    if (options.onStep) createInterface({ input: child.stdout }).on('line', options.onStep)
    return new SparkAnswers(folder, child, signal)
  }

  /**
   * To be called once.
   * @param versions of the Delta tables to be read, by name; a table that is not named is taken as empty
   * @throws LabError LAB_SERVICE_FAILED with the reason when Spark fails
   */
  async answer(versions: Readonly<Record<string, number>>): Promise<SparkAnswersResult> {
    this.#child.stdin?.end(JSON.stringify(versions))
    const code = await this.#ended
    this.#signal.throwIfAborted()
    if (code !== 0) throw failed(this.#printed)
    const text = await readFile(join(this.#folder, 'answers.json'), 'utf8')
    const { answers, counts, quarantine } = Output.parse(JSON.parse(text))
    return { answers, ...cleanCounts(counts, quarantine) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#kill)
    this.#kill()
    await this.#ended
    // the JVM goes a moment after its Python, and writes until then
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 10 })
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL')
  }
}

export const sparkAnswersOf = async (
  lab: RunningLab,
  path: PathName,
  asked: Pick<SparkAnswersOptions, 'queries' | 'variants' | 'signal' | 'outputUri' | 'onStep'>,
): Promise<SparkAnswers> =>
  SparkAnswers.start({
    home: lab.home,
    tools: toolPaths(lab.home.tools),
    s3: s3OptionsOf(lab),
    source: path === 'stream' ? { tablesUri: lab.profile.sparkStream.tablesUri } : { bucket: lab.profile.s3.bucket },
    userId: lab.profile.userId,
    ...asked,
  })

function failed(printed: string): LabError {
  const lines = printed.trim().split('\n')
  return new LabError('LAB_SERVICE_FAILED', {
    what: 'Spark did not answer the queries',
    why: lines.findLast((line) => /^\S*(Error|Exception)\b/.test(line)) ?? lines.at(-1) ?? 'it was killed',
    fix: 'see that some 1.5 GB of memory are free, then try again; without --spark, or with --engine duckdb, DuckDB answers',
  })
}
