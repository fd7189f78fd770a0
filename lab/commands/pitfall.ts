import { requireServices, runningLab, type CommandContext } from '../context.ts'
import { oneOf } from '../environment.ts'
import { answer, answerJson, Stages } from '../output.ts'
import { type Finding } from '../pitfalls/pitfall.ts'
import { pitfalls } from '../pitfalls/registry.ts'
import { textTable } from '../tables.ts'

export function pitfallList(_context: CommandContext, options: { json?: boolean }): Promise<number> {
  const list = pitfalls.map(({ name, title }) => ({ name, title }))
  if (options.json) answerJson(list)
  else
    answer(
      textTable(
        ['pitfall', 'what goes wrong'],
        list.map(({ name, title }) => [name, title]),
      ),
    )
  return Promise.resolve(0)
}

/** Exit code 1 when the demonstration does not show what its cause says. */
export async function pitfallRun(context: CommandContext, options: { json?: boolean }, name: string): Promise<number> {
  const wanted = oneOf(
    'pitfall run',
    pitfalls.map((pitfall) => pitfall.name),
  )(name)
  const lab = await runningLab(context)
  await requireServices(lab, ['kinesis', 'gateway'])
  const pitfall = pitfalls.find((known) => known.name === wanted)
  if (!pitfall) throw new Error(`no pitfall ${wanted}`)
  const shown = await new Stages().run(pitfall.title, async (say) => pitfall.run({ lab, signal: context.signal, say }))
  if (options.json) answerJson({ name, ...shown })
  else {
    answer(`\nwrong   ${text(shown.wrong)}`)
    answer(`\ncause   ${shown.cause}`)
    answer(`\nmended  ${text(shown.mended)}`)
    if (!shown.holds) answer('\nthis does not show what it should: the lab, or this page of it, is out of date')
  }
  return shown.holds ? 0 : 1
}

const text = ({ did, columns, rows }: Finding): string => `${did}\n${textTable(columns, rows)}`
