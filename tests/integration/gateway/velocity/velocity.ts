import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { labHome } from '../../../../lab/home.ts'
import { mavenDownload } from '../../../../lab/install/maven.ts'
import { toolPaths } from '../../../../lab/install/tools.ts'

export interface VelocityCase {
  readonly template: string
  readonly payload: string
}

const jars = ['velocity-1.7.jar', 'json-path-2.9.0.jar']

/** Apache Velocity 1.7 and Jayway JsonPath 2.9.0 in a folder of their own, by Maven. */
export class Velocity implements AsyncDisposable {
  private readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  static async download(): Promise<Velocity> {
    const folder = await mkdtemp(join(tmpdir(), 'velocity-'))
    await mavenDownload(
      {
        label: 'Velocity 1.7',
        goal: 'copy-dependencies',
        args: ['-f', join(import.meta.dirname, 'pom.xml'), `-DoutputDirectory=${folder}`],
        fileNames: jars,
        totalBytes: 1_900_000,
      },
      {
        draft: folder,
        folder,
        cache: toolPaths(labHome().tools).cache,
        env: process.env,
        signal: new AbortController().signal,
        onProgress: () => undefined,
      },
    )
    return new Velocity(folder)
  }

  /** What each case renders to; null where Velocity refuses or fails. */
  async render(cases: readonly VelocityCase[]): Promise<(string | null)[]> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const java = execFile(
      'java',
      ['-cp', join(this.folder, '*'), join(import.meta.dirname, 'VelocityReference.java')],
      { maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        if (error) reject(new Error(stderr, { cause: error }))
        else resolve(stdout)
      },
    )
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    java.stdin?.end(cases.map(({ template, payload }) => `${base64(template)} ${base64(payload)}\n`).join(''))
    const answers = (await promise).trimEnd().split('\n')
    return answers.map((answer) =>
      answer === 'fault' ? null : Buffer.from(answer.slice('ok '.length), 'base64').toString(),
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
