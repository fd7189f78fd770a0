import { userInfo } from 'node:os'
import { expect, it } from 'vitest'
import { socketPath } from '../../../lab/engines/native/socket-path.ts'
import { labHome } from '../../../lab/home.ts'

it.each([
  { what: 'a short home', root: '/home/me/pinlab/.lab', expected: '/home/me/pinlab/.lab/run/supervisor.sock' },
  {
    what: 'the longest path a socket can have',
    root: `/${'x'.repeat(86)}`,
    expected: `/${'x'.repeat(86)}/run/supervisor.sock`,
  },
])('$what keeps its socket in its run folder', ({ root, expected }) => {
  expect(socketPath(labHome(root), 'supervisor.sock')).toBe(expected)
})

it('a longer home has its socket in a folder of the user, another one for each home', () => {
  const paths = ['a', 'b'].map((name) => socketPath(labHome(`/${name.repeat(87)}`), 'supervisor.sock'))
  for (const path of paths) {
    expect(path).toMatch(new RegExp(`^/tmp/pinlab-${String(userInfo().uid)}-[0-9a-f]{16}/supervisor\\.sock$`))
    expect(Buffer.byteLength(path)).toBeLessThanOrEqual(107)
  }
  expect(new Set(paths).size).toBe(2)
})
