import { gatewayLimits } from '../../../../contract/limits.ts'
import type { ForeachStatement } from '../syntax/nodes.ts'
import { VtlList, VtlMap, type HostObject, type Nullable } from '../values/value.ts'
import { evaluate } from './expressions.ts'
import type { Ending, Rendering } from './rendering.ts'

/** Passes over a list's items or a map's values; anything else has no pass. The 1,000th pass is the last, without a word. */
export function foreach({ variable, items, block }: ForeachStatement, rendering: Rendering): Ending {
  const value = evaluate(items, rendering)
  const list = value instanceof VtlList ? value.items : value instanceof VtlMap ? Array.from(value.values()) : undefined
  if (!list) return 'done'
  const { variables } = rendering
  const names = [variable, 'foreach', 'velocityCount', 'velocityHasNext']
  const before = names.map((name) => variables.get(name) ?? null)
  const loop = loopObject(before[1] ?? null)
  let ending: Ending = 'done'
  for (const item of list.slice(0, gatewayLimits.maxForeachIterations)) {
    loop.index += 1
    loop.hasNext = loop.index + 1 < list.length
    variables.set('foreach', loop.object)
    variables.set('velocityCount', BigInt(loop.index + 1))
    variables.set('velocityHasNext', loop.hasNext)
    variables.set(variable, item)
    ending = rendering.run(block)
    if (ending !== 'done') break
  }
  names.forEach((name, index) => {
    variables.set(name, before[index] ?? null)
  })
  return ending === 'stop' ? 'stop' : 'done'
}

const getters: ReadonlyMap<string, string> = new Map([
  ['getCount', 'count'],
  ['getIndex', 'index'],
  ['hasNext', 'hasNext'],
  ['getHasNext', 'hasNext'],
  ['isFirst', 'first'],
  ['isLast', 'last'],
  ['getParent', 'parent'],
])

/** `$foreach`. */
function loopObject(parent: Nullable): { index: number; hasNext: boolean; readonly object: HostObject } {
  const property = (name: string): Nullable | undefined => {
    switch (name) {
      case 'index':
        return BigInt(loop.index)
      case 'count':
        return BigInt(loop.index + 1)
      case 'hasNext':
        return loop.hasNext
      case 'first':
        return loop.index === 0
      case 'last':
        return !loop.hasNext
      case 'parent':
        return parent
      default:
        return undefined
    }
  }
  const loop = {
    index: -1,
    hasNext: false,
    object: {
      host: true as const,
      property,
      call: (method: string, parameters: readonly Nullable[]) =>
        parameters.length === 0 ? property(getters.get(method) ?? '') : undefined,
      text: '',
    },
  }
  return loop
}
