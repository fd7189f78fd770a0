import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { projectRoot } from '../support/documents.ts'
import { TestLab } from '../support/lab.ts'
import { canUnshare } from '../support/namespaces.ts'

// loopback is down in a new network namespace; SIOCSIFFLAGS brings it up without iproute2
const loopbackUp = `import fcntl, socket, struct
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack('16sh', b'lo', 0x1 | 0x40))`

test.skipIf(!canUnshare())(
  'once set up, make up needs no network at all (needs the right to make a network namespace)',
  async () => {
    await using lab = await TestLab.create(0)
    const script = `python3 -c "${loopbackUp}" && make up POSTS=60 && npx --no-install lab verify && make down`
    const child = spawn('unshare', ['-n', 'sh', '-ec', script], {
      cwd: projectRoot,
      env: { ...process.env, LAB_HOME: lab.home, PORT_OFFSET: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    child.stdout.on('data', (text: Buffer) => (output += text.toString()))
    child.stderr.on('data', (text: Buffer) => (output += text.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    expect(code, output).toBe(0)
    expect(output).toMatch(/verified: 60 posts, batch 180 records in 180 objects, stream 180 records in 180 Delta rows/)
  },
)
