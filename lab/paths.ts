import { LabError, type PathName, type Profile } from '../contract/index.ts'

/**
 * @param flag the one that asked for the path
 * @throws LabError LAB_USAGE when the lab's posts do not take it
 */
export function checkPath({ paths }: Profile, wanted: PathName, flag: string): void {
  if (paths.includes(wanted)) return
  throw new LabError('LAB_USAGE', {
    what: `this lab has no ${wanted} path`,
    why: `its posts take the path ${paths.join(' and ')} only`,
    fix: `leave ${flag} out, or start the lab again with "--paths batch,stream"`,
  })
}
