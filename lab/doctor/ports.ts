import { defaultPorts } from '../../contract/index.ts'
import { portHolder, type PortHolder } from '../ports.ts'
import { type Finding } from './finding.ts'

/**
 * One row for all ports of a lab.
 * @param portOffset added to each default port
 * @param ownPids processes of this lab: a running lab holds its own ports
 */
export async function ports(portOffset: number, ownPids: readonly number[]): Promise<Finding> {
  const all = Object.values(defaultPorts).map((port) => port + portOffset)
  const taken = await Promise.all(all.map(async (port) => ({ port, holder: await portHolder(port) })))
  let ours = 0
  const foreign: string[] = []
  for (const { port, holder } of taken) {
    if (holder === undefined) continue
    if (holder !== 'unknown' && ownPids.includes(holder.pid)) ours += 1
    else foreign.push(`${String(port)} is held by ${holderText(holder)}`)
  }
  const row = {
    prerequisite: 'ports',
    needed: [...all].sort((a, b) => a - b).join(', '),
    found: foreign.join('; ') || (ours > 0 ? 'held by this running lab' : 'free'),
  }
  if (foreign.length === 0) return { ...row, state: 'ok' }
  return { ...row, state: 'missing', fix: 'stop what holds them, or move the whole lab: PORT_OFFSET=100 make up' }
}

const holderText = (holder: PortHolder | 'unknown'): string =>
  holder === 'unknown' ? "another user's process" : `process ${String(holder.pid)} (${holder.command})`
