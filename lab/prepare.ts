import { requireHealthy, runDoctor } from './doctor.ts'
import { nativeEngine } from './engines/native/engine.ts'
import { type LabHome } from './home.ts'
import { ensureInstalled, missingTools } from './install/install.ts'
import { type Stages } from './output.ts'

interface Preparation {
  readonly home: LabHome
  readonly portOffset: number
  readonly env: NodeJS.ProcessEnv
  readonly stages: Stages
  readonly signal: AbortSignal
  /** Reads every installed file again; otherwise a look at what is there suffices. */
  readonly deep?: boolean
}

/** The doctor's look at the machine, then the set-up; both are quick, and silent about it, where all is there. */
export async function prepareMachine(options: Preparation): Promise<void> {
  const { home, portOffset, env, stages, signal, deep = false } = options
  await stages.run('check this machine', async (say) => {
    const diagnosis = await runDoctor({
      home,
      portOffset,
      ownPids: await ownPids(home),
      env,
      signal,
      onProgress: say,
      install: true,
    })
    // ports are no matter of the set-up, and the engine looks at them itself when it starts
    requireHealthy({
      ...diagnosis,
      findings: diagnosis.findings.filter(({ prerequisite }) => prerequisite !== 'ports'),
    })
  })
  if (deep || (await missingTools(home.tools)).length > 0) {
    await stages.run('set up', async (say) =>
      ensureInstalled({ tools: home.tools, env, signal, onProgress: say, deep }),
    )
  }
}

/** The running lab's processes: what they hold is no obstacle. */
export const ownPids = async (home: LabHome): Promise<number[]> =>
  (await nativeEngine.status(home)).flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
