import { resolve } from 'node:path'
import { mysqlConnection } from '../../clients/mysql.ts'
import { datasetIdentity } from '../../seed/identity.ts'
import { stageImport } from '../../seed/import.ts'
import { homeOf, mysqlRootOptionsOf, runningLab, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { answer, answerJson, note, Stages } from '../output.ts'
import { describeDataset, ensureSource } from '../source.ts'

/** Validates the whole folder first; a fault changes nothing. On a stopped lab the tables wait for the next start. */
export async function seedImport(context: CommandContext, _options: unknown, directory: string): Promise<number> {
  const home = homeOf(context)
  const stages = new Stages()
  await stages.run(`check the tables in ${directory}`, async (say) => {
    const plan = await stageImport(resolve(directory), home.import, { signal: context.signal })
    for (const line of plan.summary) say(line)
  })
  const services = await nativeEngine.status(home)
  if (!services.some((service) => service.name === 'mysql' && service.state === 'ready')) {
    note('the lab is stopped: the next "make up" loads them')
    return 0
  }
  const lab = await runningLab(context)
  await stages.run('load them into MySQL', async (say) => ensureSource(lab, {}, context.signal, say))
  return 0
}

export async function seedShow(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const connection = await mysqlConnection(mysqlRootOptionsOf(await runningLab(context)))
  try {
    const identity = await datasetIdentity(connection)
    if (options.json) answerJson(identity ?? null)
    else answer(identity ? describeDataset(identity) : 'MySQL holds no tables yet')
  } finally {
    await connection.end()
  }
  return 0
}
