import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { argumentFile } from './java-options.ts'

/** Where a Spark of Python's finds things; all below one folder that is Python's working folder. */
export interface SparkJavaOptions {
  /** Python with pyspark in it. */
  readonly python: string
  /** Spark's own folder: bin/, jars/. */
  readonly sparkHome: string
  /** Folder of the jars of Delta and S3A. */
  readonly sparkJars: string
  /** Working folder of Python: gets java/, jvm.options and tmp/. */
  readonly folder: string
}

// Spark reads some of these as lists, so a lab's own path must not stand in them: it may hold a comma
const temporary = 'tmp'
const jvmOptionsFile = 'jvm.options'

/** Makes what sparkJavaEnvironment names. */
export async function prepareSparkJava(folder: string, jvmOptions: readonly string[]): Promise<void> {
  const java = join(folder, 'java', 'bin', 'java')
  await rm(join(folder, temporary), { recursive: true, force: true }) // a killed JVM leaves its files
  await mkdir(join(folder, temporary), { recursive: true })
  await mkdir(join(folder, 'java', 'bin'), { recursive: true })
  await writeFile(java, boundJava)
  await chmod(java, 0o755)
  await writeFile(
    join(folder, jvmOptionsFile),
    argumentFile([`-Djava.io.tmpdir=${join(folder, temporary)}`, ...jvmOptions]),
  )
}

/** Environment of a Python whose Spark must not outlive it, and keeps its files in the folder. */
export const sparkJavaEnvironment = ({ python, sparkHome, sparkJars, folder }: SparkJavaOptions) => ({
  SPARK_HOME: sparkHome,
  SPARK_LOCAL_IP: '127.0.0.1',
  PYSPARK_PYTHON: python,
  PYSPARK_SUBMIT_ARGS: submitArguments({
    // on the JVM's own class path: from spark.jars they would be copied at each start, and no archive could hold them
    'spark.driver.extraClassPath': join(sparkJars, '*'),
    'spark.driver.defaultJavaOptions': `@${jvmOptionsFile}`,
    'spark.local.dir': temporary,
  }),
  JAVA_HOME: join(folder, 'java'),
  TMPDIR: join(folder, temporary),
  PYTHONNOUSERSITE: '1',
})

/**
 * The JVM ends by itself when the pipe from Python closes, unless it hangs; this way the kernel kills it in any case. No other
 * place takes a command for it: Spark starts $JAVA_HOME/bin/java.
 */
const boundJava = `#!/bin/sh
exec setpriv --pdeathsig KILL -- java "$@"
`

/** Quoted as a shell would have it: pyspark splits them that way. */
const submitArguments = (settings: Readonly<Record<string, string>>): string =>
  [
    ...Object.entries(settings).map(([name, value]) => `--conf '${`${name}=${value}`.replaceAll("'", `'"'"'`)}'`),
    'pyspark-shell',
  ].join(' ')
