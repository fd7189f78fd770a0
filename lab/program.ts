import { Command, CommanderError, Option } from 'commander'
import { pathNames, putRecordTemplates, queryIds, variants } from '../contract/index.ts'
import { type CommandContext } from './context.ts'
import { fromEnvironment, listOf, oneOf, positiveNumber, usageError, wholeNumber } from './environment.ts'
import { note } from './output.ts'

type Action<O, A extends unknown[]> = (context: CommandContext, options: O, ...args: A) => Promise<number>

/**
 * The command line of the lab. Commands are loaded when they run, so that `lab --help` and `lab urls` start at once.
 * @returns a function that runs one command line and resolves to its exit code.
 */
export function buildProgram(context: CommandContext): (args: readonly string[]) => Promise<number> {
  let exitCode = 0
  const program = new Command('lab')
    .description(
      'a data pipeline on one machine: MySQL → emulator → API Gateway → Kafka → S3 and Kinesis → Spark → Delta → eight verified queries',
    )
    .showSuggestionAfterError()
    .helpCommand(true)
    .addHelpText('after', '\nStart with "lab up". The lab lives in .lab of the project, or in LAB_HOME.')

  /** A flag that make passes on as the environment variable `name`; read only for the command that runs. */
  const environmentOf = new Map<Option, { name: string; parse: (value: string) => unknown }>()
  const setting = (flags: string, text: string, name: string, parse: (value: string) => unknown): Option => {
    const option = new Option(flags, `${text} (or ${name}=)`).argParser(parse)
    environmentOf.set(option, { name, parse })
    return option
  }
  program.hook('preAction', (_program, command) => {
    for (const option of command.options) {
      const source = environmentOf.get(option)
      const value = source && fromEnvironment(context.env, source.name)
      if (value === undefined || command.getOptionValueSource(option.attributeName()) !== undefined) continue
      command.setOptionValueWithSource(option.attributeName(), source?.parse(value), 'env')
    }
  })
  const json = (): Option => new Option('--json', 'print JSON on stdout')
  const runs =
    <O, A extends unknown[]>(load: () => Promise<Action<O, A>>) =>
    async (...input: unknown[]): Promise<void> => {
      const options = input.at(-2) as O
      exitCode = await (await load())(context, options, ...(input.slice(0, -2) as A))
    }
  const command = (nameAndArgs: string, description: string, parent = program): Command =>
    parent.command(nameAndArgs).description(description).allowExcessArguments(false)

  const emulation = (target: Command): Command =>
    target
      .addOption(
        setting(
          '--rate <posts-per-second>',
          'posts a second; as fast as it goes without',
          'RATE',
          positiveNumber('--rate'),
        ),
      )
      .addOption(
        new Option('--order <order>', 'which row next: course replays random.seed(100) of the course')
          .argParser(oneOf('--order', ['course', 'sequential', 'uniform']))
          .default('course'),
      )
      .addOption(
        new Option('--order-seed <n>', 'seed of the order').argParser(wholeNumber('--order-seed', 0)).default(100),
      )
      .addOption(
        new Option('--concurrency <n>', 'requests in flight')
          .argParser(wholeNumber('--concurrency', 1, 256))
          .default(16),
      )
      .addOption(
        setting(
          '--paths <names>',
          `ways that the posts take: ${pathNames.join(',')} or one of them; all of the lab's without`,
          'PATHS',
          listOf('--paths', pathNames),
        ),
      )
      .addOption(
        new Option(
          '--partition-key <key>',
          "of the streams' records: ind, or a text that all of them have; the records of one key are sent in order, so a text means one request at a time a stream: use --batch",
        ).default('ind'),
      )
      .addOption(
        new Option('--batch <records>', 'records a request; of a stream 500 at most')
          .argParser(wholeNumber('--batch', 1, 1_000))
          .default(1),
      )
      .addOption(
        new Option('--sleep <mode>', 'course: pause 0 or 1 s before each post, as the course does')
          .argParser(oneOf('--sleep', ['none', 'course']))
          .default('none'),
      )
      .addOption(new Option('--print', 'print pin_result, geo_result and user_result of each post'))
      .addOption(new Option('--fresh', 'begin a new run even if an interrupted one could be resumed'))

  command('setup', 'download and check everything the lab runs, into .lab/tools')
    .option('--deep', 'check every file against its checksum again')
    .action(runs(async () => (await import('./commands/setup.ts')).setup))

  command('doctor', 'check this machine: what is found, what is needed, how to get it')
    .addOption(json())
    .option('--no-install', 'do not install missing system packages')
    .action(runs(async () => (await import('./commands/doctor.ts')).doctor))

  command('up', 'set up, start, seed, post, land, query and verify')
    .addOption(setting('--engine <engine>', 'native', 'ENGINE', String))
    .addOption(
      setting('--posts <n>', 'posts to send; 0 only starts the lab', 'POSTS', wholeNumber('--posts', 0, 10_000_000)),
    )
    .addOption(setting('--seed <n>', 'seed of the source tables', 'SEED', wholeNumber('--seed', 0, 4_294_967_295)))
    .addOption(setting('--size <posts>', 'rows of the source tables', 'SIZE', wholeNumber('--size', 1, 10_000_000)))
    .addOption(setting('--user-id <id>', '12 hexadecimal digits', 'USER_ID', String))
    .addOption(
      setting('--port-offset <n>', 'added to every port', 'PORT_OFFSET', wholeNumber('--port-offset', 0, 40_000)),
    )
    .addOption(
      setting(
        '--flush-size <records>',
        'records an S3 object',
        'FLUSH_SIZE',
        wholeNumber('--flush-size', 1, 1_000_000),
      ),
    )
    .addOption(setting('--partitions <n>', 'partitions a topic', 'PARTITIONS', wholeNumber('--partitions', 1, 100)))
    .addOption(
      setting(
        '--paths <paths>',
        'which ways posts take: batch, stream; without stream no Spark is started',
        'PATHS',
        listOf('--paths', pathNames),
      ),
    )
    .addOption(setting('--shards <n>', 'shards a new stream', 'SHARDS', wholeNumber('--shards', 1, 100)))
    .addOption(
      setting(
        '--shard-limits <on-or-off>',
        'throttle each shard as AWS does: on, off',
        'SHARD_LIMITS',
        oneOf('--shard-limits', ['on', 'off']),
      ),
    )
    .addOption(
      setting(
        '--put-record-template <template>',
        "which of the course README's mapping templates: base64, plain",
        'PUT_RECORD_TEMPLATE',
        oneOf('--put-record-template', putRecordTemplates),
      ),
    )
    .addOption(json())
    .action(runs(async () => (await import('./commands/up.ts')).up))

  command('down', 'stop everything; data stay').action(runs(async () => (await import('./commands/down.ts')).down))
  command('clean', "stop everything and remove this lab's data, logs and credentials; downloads stay")
    .option('--all', 'remove the downloaded tools too')
    .action(runs(async () => (await import('./commands/clean.ts')).clean))
  command('status', 'services with their state, pid, port and memory')
    .addOption(json())
    .action(runs(async () => (await import('./commands/status.ts')).status))
  command('logs [service]', 'what the services logged')
    .addOption(new Option('--lines <n>', 'lines a service').argParser(wholeNumber('--lines', 1, 100_000)).default(20))
    .option('--follow', 'go on until Ctrl-C')
    .action(runs(async () => (await import('./commands/logs.ts')).logs))
  for (const verb of ['restart', 'stop', 'start'] as const) {
    command(`${verb} <service>`, `${verb} one service of the running lab`).action(
      runs(async () => (await import('./commands/service.ts'))[verb]),
    )
  }

  emulation(command('emulate', 'post more rows into the running lab'))
    .addOption(setting('--posts <n>', 'posts to send (default: 500)', 'POSTS', wholeNumber('--posts', 1, 10_000_000)))
    .option('--endless', 'post until Ctrl-C')
    .addOption(json())
    .action(runs(async () => (await import('./commands/emulate.ts')).emulate))
  command('verify', 'follow every acknowledged record to its table and compare the answers')
    .addOption(json())
    .option('--spark', 'Spark answers the queries over Delta too, as DuckDB does: some 30 s more')
    .action(runs(async () => (await import('./commands/verify.ts')).verify))
  command('query <id>', `answer a query of the course: ${queryIds.join(', ')} or all`)
    .addOption(json())
    .addOption(new Option('--csv', 'print CSV').conflicts('json'))
    .addOption(
      new Option('--variant <variant>', 'naive: without removing duplicates, as most published answers')
        .argParser(oneOf('--variant', variants))
        .default('right'),
    )
    .addOption(
      new Option('--path <path>', 'batch: over the objects in S3; stream: over the Delta tables').argParser(
        oneOf('--path', pathNames),
      ),
    )
    .addOption(
      new Option('--engine <engine>', 'duckdb, spark, or both and a comparison of their cells')
        .argParser(oneOf('--engine', ['duckdb', 'spark', 'both']))
        .default('duckdb'),
    )
    .action(runs(async () => (await import('./commands/query.ts')).query))

  const spark = command('spark', 'jobs of Spark')
  command('batch', "the batch path by Spark: S3's objects to clean Delta tables and the eight answers", spark)
    .addOption(json())
    .action(runs(async () => (await import('./commands/spark-batch.ts')).sparkBatch))

  const seed = command('seed', 'the source tables')
  command('import <dir>', 'load your own CSV tables into MySQL, all or nothing', seed).action(
    runs(async () => (await import('./commands/seed.ts')).seedImport),
  )
  command('show', 'what MySQL holds', seed)
    .addOption(json())
    .action(runs(async () => (await import('./commands/seed.ts')).seedShow))

  command('topics', 'topics with partitions and records')
    .addOption(json())
    .action(runs(async () => (await import('./commands/topics.ts')).topics))
  command('consume <topic>', 'print the values of a topic, as the console consumer does')
    .option('--from-beginning', 'from the first record on, not only new ones')
    .addOption(new Option('--max <n>', 'stop after so many records').argParser(wholeNumber('--max', 1)))
    .action(runs(async () => (await import('./commands/consume.ts')).consume))

  const streams = command('streams', 'streams with shards, records and bytes')
    .addOption(json())
    .action(runs(async () => (await import('./commands/streams.ts')).streams))
  command('tail <stream>', 'print the data of its records as they come', streams)
    .option('--from-beginning', 'from the oldest record on, not only new ones')
    .addOption(new Option('--max <n>', 'stop after so many records').argParser(wholeNumber('--max', 1)))
    .addOption(new Option('--json', 'a JSON object a record, with shard, sequence number and key'))
    .action(runs(async () => (await import('./commands/streams.ts')).streamsTail))

  const stream = command('stream', 'the stream job, Kinesis to Delta')
  command('reset [stream]', 'forget its checkpoint: it reads again and adds what the tables miss', stream).action(
    runs(async () => (await import('./commands/stream-reset.ts')).streamReset),
  )

  const delta = command('delta', "the stream path's Delta tables: pin, geo, user, or a full name")
  for (const [verb, text, name] of [
    ['history', 'versions with operation, metrics and transaction', 'deltaHistory'],
    ['detail', 'files, bytes, columns and properties', 'deltaDetail'],
    ['count', 'rows', 'deltaCount'],
  ] as const) {
    command(`${verb} <table>`, text, delta)
      .addOption(json())
      .action(runs(async () => (await import('./commands/delta.ts'))[name]))
  }

  const pitfall = command('pitfall', 'mistakes that stream pipelines are found with, made and mended before your eyes')
  command('list', 'their names', pitfall)
    .addOption(json())
    .action(runs(async () => (await import('./commands/pitfall.ts')).pitfallList))
  command('run <name>', 'the wrong result, its cause and the mended one, on streams of its own', pitfall)
    .addOption(json())
    .action(runs(async () => (await import('./commands/pitfall.ts')).pitfallRun))

  command('creds', "what the course's db_creds.yaml holds")
    .addOption(
      new Option('--format <format>', 'yaml, env or json')
        .argParser(oneOf('--format', ['yaml', 'env', 'json']))
        .default('yaml'),
    )
    .action(runs(async () => (await import('./commands/creds.ts')).creds))
  command('import-project <dir>', "what to change in your own project's files; writes its db_creds.yaml and config.py")
    .addOption(json())
    .action(runs(async () => (await import('./commands/import-project.ts')).importProject))
  command('urls', 'addresses to put into your own files')
    .addOption(json())
    .action(runs(async () => (await import('./commands/urls.ts')).urls))
  command('profile', 'the resolved profile').action(runs(async () => (await import('./commands/profile.ts')).profile))
  command('bench [name]', 'benchmarks, printed as ratios of one run')
    .addOption(json())
    .action(runs(async () => (await import('./commands/bench.ts')).bench))

  strict(program)
  return async (args) => {
    try {
      await program.parseAsync(args, { from: 'user' })
      return exitCode
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error
      if (error.exitCode === 0) return 0
      if (error.code === 'commander.help') return 2 // it was printed, in place of a command that is missing
      throw usageError(
        `"lab ${args.join(' ')}" is not understood`,
        error.message.replace(/^error: /, '').replaceAll('\n', ' '),
      )
    }
  }
}

/** Commander's own errors become ours: thrown, and printed once. */
function strict(command: Command): void {
  command.exitOverride().configureOutput({
    outputError: () => undefined,
    writeErr: (text) => {
      note(text.trimEnd())
    },
  })
  for (const child of command.commands) strict(child)
}
