import { Refused } from '../http/refused.ts'
import { type Call } from '../http/route.ts'

export const param = ({ params }: Call, name: string): string => params[name] ?? ''

export const topicParam = (call: Call): string => param(call, 'topic')

/** A segment that is no number fits no path of the API: 404, not 40402. */
export function partitionParam(call: Call): number {
  const text = param(call, 'partition')
  if (!/^\d{1,10}$/.test(text)) throw new Refused('notFound')
  return Number(text)
}

/** -1 stands for "not given", as it does for the real proxy. @throws Refused notFound for what is no number (JAX-RS) */
export function numberQuery({ query }: Call, name: string): number | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  if (!/^-?\d{1,15}$/.test(text)) throw new Refused('notFound')
  return Number(text) > 0 ? Number(text) : undefined
}
