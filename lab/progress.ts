import { type EngineEvent } from './engines/engine.ts'
import { seconds } from './output.ts'

/** One line per change of a service's state, with what it waits for. */
export const sayEvents =
  (say: (text: string) => void) =>
  ({ service, state, elapsedMs, waitingFor }: EngineEvent): void => {
    const wait = waitingFor === undefined ? '' : `, waiting for ${waitingFor}`
    say(`${service.padEnd(10)} ${state}${wait}${state === 'ready' ? ` after ${seconds(elapsedMs)}` : ''}`)
  }
