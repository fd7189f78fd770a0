import { digestOf, pins } from './pins.ts'
import { boundToPython, makeEnvironment } from './python-environment.ts'
import { type Tool } from './tool.ts'

const name = `MiniStack ${pins.ministack.version}`
const lock = 'ministack/requirements.lock'
const totalBytes = pins.ministack.bytes

/** The S3 server in a Python environment of its own. */
export const ministack: Tool = {
  name,
  folder: 'venv',
  source: 'pip',
  pin: digestOf(lock),
  downloadBytes: totalBytes,
  landmarks: [{ path: 'bin/python' }, { path: 'bin/ministack' }],
  boundTo: boundToPython,
  install: (context) => makeEnvironment({ label: name, lock, totalBytes, compile: true }, context),
}
