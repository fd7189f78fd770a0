import { LabError } from '../../contract/index.ts'

/** @param tool its name, as in "MariaDB 11.4.5 could not be installed" */
export const diskFull = (tool: string, cause?: unknown): LabError =>
  new LabError('LAB_DISK_FULL', {
    what: `${tool} could not be installed`,
    why: 'no space is left on the device',
    fix: 'free 3.5 GB and run the command again: it goes on where it stopped',
    cause,
  })
