import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TestLab } from '../support/lab.ts'

const threeLines = /^error (LAB_\w+): .+\n {2}why: .+\n {2}fix: .+$/m

describe('bad input on the command line', () => {
  let lab: TestLab
  beforeAll(async () => {
    lab = await TestLab.create(9_700)
  })
  afterAll(async () => {
    await lab[Symbol.asyncDispose]()
  })

  test.each([
    { what: 'an unknown command', args: ['uq'], says: 'LAB_USAGE' },
    { what: 'an unknown flag', args: ['up', '--post', '5'], says: 'LAB_USAGE' },
    { what: 'a number that is none', args: ['up', '--posts', 'many'], says: 'LAB_USAGE' },
    { what: 'a negative number', args: ['up', '--posts=-1'], says: 'LAB_USAGE' },
    { what: 'an unknown query', args: ['query', '12'], says: 'LAB_USAGE' },
    { what: 'an unknown order', args: ['emulate', '--order', 'random'], says: 'LAB_USAGE' },
    { what: 'a path that is none', args: ['emulate', '--paths', 'both'], says: 'LAB_USAGE' },
    { what: 'a template that is none', args: ['up', '--put-record-template', 'vtl'], says: 'LAB_USAGE' },
    { what: 'a surplus argument', args: ['down', 'now'], says: 'LAB_USAGE' },
    {
      what: 'a user id of the wrong form',
      args: ['up', '--user-id', 'me', '--posts', '0'],
      says: 'LAB_CONFIG_INVALID',
    },
    {
      what: 'an engine that is not there',
      args: ['up', '--engine', 'cloud', '--posts', '0'],
      says: 'LAB_CONFIG_INVALID',
    },
  ])('$what: three lines, exit code 2', async ({ args, says }) => {
    const result = await lab.run(args)
    expect(result.stderr).toMatch(threeLines)
    expect(threeLines.exec(result.stderr)![1]).toBe(says)
    expect(result.code).toBe(2)
    expect(result.stdout).toBe('')
  })

  test.each([
    ['verify'],
    ['query', 'all'],
    ['emulate'],
    ['topics'],
    ['consume', 'x'],
    ['creds'],
    ['restart', 'kafka'],
    ['streams'],
    ['streams', 'tail', 'x'],
    ['stream', 'reset'],
    ['delta', 'count', 'pin'],
    ['pitfall', 'run', 'json-in-json'],
  ])('%s on a lab that is not running says so', async (...args) => {
    const result = await lab.run(args)
    expect(threeLines.exec(result.stderr)?.[1]).toBe('LAB_NOT_RUNNING')
    expect(result.code).toBe(5)
  })

  test('a variable of the environment speaks only to the commands that take it', async () => {
    expect((await lab.run(['urls'], { POSTS: '0', RATE: 'fast' })).code).toBe(0)
    const emulate = await lab.run(['emulate'], { RATE: 'fast' })
    expect(threeLines.exec(emulate.stderr)?.[1]).toBe('LAB_USAGE')
    expect((await lab.run(['emulate'], { POSTS: '' })).code).toBe(5)
  })

  test.each([['delta'], ['stream'], ['pitfall'], ['seed']])(
    '%s alone prints its help, as a wrong command',
    async (name) => {
      const result = await lab.run([name])
      expect(result.code).toBe(2)
      expect(result.stderr).toContain(`Usage: lab ${name} [options] [command]`)
      expect(result.stderr).not.toMatch(threeLines)
    },
  )

  test('down on a lab that is not running is no fault', async () => {
    expect((await lab.run(['down'])).code).toBe(0)
  })

  test('--help lists the commands', async () => {
    const help = await lab.run(['--help'])
    expect(help.code).toBe(0)
    for (const name of ['up', 'down', 'verify', 'query', 'emulate', 'streams', 'delta', 'pitfall', 'doctor'])
      expect(help.stdout).toContain(name)
  })

  test('a taken port is named with its holder', async () => {
    const holder = createServer().listen(18_082 + lab.portOffset, '127.0.0.1')
    await new Promise((resolve) => holder.once('listening', resolve))
    try {
      const result = await lab.run(['up', '--posts', '0'])
      expect(result.stderr).toMatch(/error LAB_PORT_TAKEN: .*27782/)
      expect(result.stderr).toContain(String(process.pid))
      expect(result.code).toBe(3)
      expect(await lab.processes()).toEqual([])
    } finally {
      holder.close()
    }
  })

  test.each([
    { file: 'profile.json', text: '{"engine":' },
    { file: 'profile.json', text: '{"engine":"native","colour":"red"}' },
    { file: 'credentials.json', text: '' },
  ])('a broken $file is named', async ({ file, text }) => {
    await using broken = await TestLab.create(9_700)
    await mkdir(broken.home, { recursive: true })
    await writeFile(join(broken.home, file), text)
    const result = await broken.run(['up', '--posts', '0'])
    expect(result.stderr).toMatch(/error LAB_STATE_BROKEN: /)
    expect(result.stderr).toContain(file)
    expect(result.code).toBe(3)
  })
})
