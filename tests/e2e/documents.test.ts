import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { defaultPorts } from '../../contract/index.ts'
import { commandsOf, projectRoot } from '../support/documents.ts'
import { finished, TestLab } from '../support/lab.ts'

/** Commands of the documents that cannot run inside the tests: these run the tests themselves. */
const notHere = new Set(['make test', 'make bench'])
const portOffset = 11_000

const lab = await TestLab.create(portOffset)
afterAll(async () => {
  await lab[Symbol.asyncDispose]()
})

/** The documents name the default ports; the tests' lab has its own. */
const moved = (command: string): string =>
  Object.values(defaultPorts).reduce(
    (text, port) => text.replaceAll(`127.0.0.1:${String(port)}`, `127.0.0.1:${String(port + portOffset)}`),
    command,
  )

describe.each(['README.md', 'docs/tutorial.md'])('%s', (document) => {
  const commands = commandsOf(document)

  test('has commands', () => {
    expect(commands.length).toBeGreaterThan(1)
  })

  for (const [index, command] of commands.filter((line) => !notHere.has(line)).entries()) {
    test(`${String(index + 1)}. ${command}`, async () => {
      const child = spawn('bash', ['-ec', moved(command)], {
        cwd: projectRoot,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, LAB_HOME: lab.home, PORT_OFFSET: String(portOffset), POSTS: undefined },
      })
      const result = await finished(child)
      expect(result.code, result.stderr + result.stdout).toBe(0)
    })
  }

  test('every local link leads somewhere', () => {
    const text = readFileSync(join(projectRoot, document), 'utf8')
    const targets = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = '']) => target)
    const missing = targets.filter((target) => !existsSync(join(projectRoot, dirname(document), target)))
    expect(missing).toEqual([])
  })
})
