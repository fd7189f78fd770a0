import { homeOf, type CommandContext } from '../context.ts'
import { nativeEngine } from '../engines/native/engine.ts'
import { answer, answerJson, megabytes, seconds } from '../output.ts'
import { textTable } from '../tables.ts'

/** Exit code 0 when every service is ready, 5 (LAB_NOT_RUNNING's) otherwise, so that scripts can ask. */
export async function status(context: CommandContext, options: { json?: boolean }): Promise<number> {
  const services = await nativeEngine.status(homeOf(context))
  if (options.json) answerJson(services)
  else {
    answer(
      textTable(
        ['service', 'state', 'pid', 'port', 'memory', 'up', 'restarts'],
        services.map((service) => [
          service.name,
          service.state,
          service.pid,
          service.port,
          service.memoryBytes === undefined ? undefined : megabytes(service.memoryBytes),
          service.uptimeMs === undefined ? undefined : seconds(service.uptimeMs),
          service.restarts,
        ]),
      ),
    )
  }
  return services.length > 0 && services.every((service) => service.state === 'ready') ? 0 : 5
}
