import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { type Finding, type ProbeContext } from '../../../lab/doctor/finding.ts'
import { ports } from '../../../lab/doctor/ports.ts'
import { java, javaMajor, maven, npm, python, utilLinux } from '../../../lab/doctor/programs.ts'
import { renderDiagnosis, requireHealthy, runDoctor } from '../../../lab/doctor.ts'
import { labHome } from '../../../lab/home.ts'
import { temporaryFolder } from './folder.ts'

const signal = new AbortController().signal

/** A PATH with these programs alone, each a shell script. */
async function pathOf(folder: string, programs: Readonly<Record<string, string>>): Promise<string> {
  const bin = join(folder, 'bin')
  await mkdir(bin, { recursive: true })
  for (const [name, script] of Object.entries(programs)) {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return bin
}

const contextOf = (
  path: string,
  tools: string,
  toInstall: ProbeContext['toInstall'] = [
    { name: 'Kafka 4.3.1', source: 'maven' },
    { name: 'MiniStack 1.5.33', source: 'pip' },
  ],
) => ({
  env: { PATH: path },
  signal,
  arch: 'x64',
  tools,
  toInstall,
})

const pythonSaying = (version: string, venv: boolean): string => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return `echo '${JSON.stringify({ version, executable: '/x', minor: major * 1000 + minor, venv })}'`
}

const all: Readonly<Record<string, string>> = {
  npm: 'exit 0',
  java: `echo 'openjdk version "21.0.4" 2024-07-16' >&2`,
  mvn: 'exit 1', // never run: only located
  python3: pythonSaying('3.11.2', true),
  setpriv: 'shift 3; exec "$@"',
  flock: 'exit 0',
}
const without = (name: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all).filter(([program]) => program !== name))

describe('a program', () => {
  it.each([
    { what: 'Java 21', probe: java, programs: all, state: 'ok', found: '21.0.4' },
    {
      what: 'no Java',
      probe: java,
      programs: without('java'),
      state: 'missing',
      found: 'none',
      wants: 'openjdk-17-jre-headless',
    },
    {
      what: 'Java 11',
      probe: java,
      programs: { ...all, java: `echo 'openjdk version "11.0.2" 2019-01-15' >&2` },
      state: 'missing',
      found: '11.0.2',
      wants: 'openjdk-17-jre-headless',
    },
    {
      what: 'a Java that Spark was never tested with',
      probe: java,
      programs: { ...all, java: `echo 'openjdk version "26.0.1" 2026-04-21' >&2` },
      state: 'warning',
      found: '26.0.1',
    },
    {
      what: 'a java that fails',
      probe: java,
      programs: { ...all, java: 'exit 1' },
      state: 'missing',
      found: 'none',
      wants: 'openjdk-17-jre-headless',
    },
    { what: 'Maven', probe: maven, programs: all, state: 'ok', found: /bin\/mvn$/ },
    { what: 'no Maven', probe: maven, programs: without('mvn'), state: 'missing', found: 'none', wants: 'maven' },
    { what: 'Python 3.11', probe: python, programs: all, state: 'ok', found: '3.11.2' },
    {
      what: 'no Python',
      probe: python,
      programs: without('python3'),
      state: 'missing',
      found: 'none',
      wants: 'python3',
    },
    {
      what: 'Python 3.9',
      probe: python,
      programs: { ...all, python3: pythonSaying('3.9.2', true) },
      state: 'missing',
      found: '3.9.2',
      wants: 'python3-venv',
    },
    {
      what: 'Python without venv',
      probe: python,
      programs: { ...all, python3: pythonSaying('3.12.3', false) },
      state: 'missing',
      found: '3.12.3 without venv',
      wants: 'python3.12-venv',
    },
    {
      what: 'an old Python beside a newer one',
      probe: python,
      programs: { ...all, python3: pythonSaying('3.9.2', true), 'python3.12': pythonSaying('3.12.3', true) },
      state: 'ok',
      found: '3.12.3',
    },
    {
      what: 'no setpriv',
      probe: utilLinux,
      programs: without('setpriv'),
      state: 'missing',
      found: 'no setpriv',
      wants: 'util-linux',
    },
    { what: 'no npm', probe: npm, programs: without('npm'), state: 'warning', found: 'none', wants: 'npm' },
  ] as const)('$what: $state', async ({ probe, programs, state, found, ...rest }) => {
    await using folder = await temporaryFolder()
    const finding: Finding = await probe(contextOf(await pathOf(folder.path, programs), folder.path))
    expect(finding.state).toBe(state)
    expect(finding.found).toMatch(typeof found === 'string' ? new RegExp(`^${found}$`) : found)
    expect(finding.packages?.flat() ?? []).toEqual('wants' in rest ? expect.arrayContaining([rest.wants]) : [])
  })

  it('is read from the release file of its installation where there is one, without starting it', async () => {
    await using folder = await temporaryFolder()
    const jdk = await pathOf(join(folder.path, 'jdk'), { java: 'exit 1' })
    await writeFile(join(folder.path, 'jdk', 'release'), 'IMPLEMENTOR="Debian"\nJAVA_VERSION="17.0.15"\n')
    const path = await pathOf(folder.path, {})
    await symlink(join(jdk, 'java'), join(path, 'java'))
    expect(await java(contextOf(path, folder.path))).toMatchObject({ state: 'ok', found: '17.0.15' })
  })

  it.each([
    { what: 'all is downloaded', toInstall: [] },
    { what: 'what is missing comes by pip', toInstall: [{ name: 'Spark 4.2.0', source: 'pip' as const }] },
  ])('is not missing when it only downloads and $what', async ({ toInstall }) => {
    await using folder = await temporaryFolder()
    const context = contextOf(await pathOf(folder.path, without('mvn')), folder.path, toInstall)
    expect(await maven(context)).toMatchObject({ state: 'ok' })
  })
})

it.each([
  ['1.8.0_392', 8],
  ['9', 9],
  ['17.0.15', 17],
  ['21-ea', 21],
  ['nonsense', 0],
])('Java version %s is major %i', (version, major) => {
  expect(javaMajor(version)).toBe(major)
})

describe('the ports', () => {
  it('are ours when a process of this lab holds them, and taken with its holder named otherwise', async () => {
    const server = createServer()
    const offset = 2500
    await new Promise<void>((resolve) => server.listen(18_080 + offset, '127.0.0.1', resolve))
    try {
      expect(await ports(offset, [process.pid])).toMatchObject({ state: 'ok', found: 'held by this running lab' })
      const foreign = await ports(offset, [])
      expect(foreign.state).toBe('missing')
      expect(foreign.found).toContain(`20580 is held by process ${String(process.pid)}`)
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
    expect(await ports(offset, [])).toMatchObject({ state: 'ok', found: 'free' })
  })
})

describe('the doctor', () => {
  const diagnose = async (folder: string, programs: Readonly<Record<string, string>>) =>
    runDoctor({
      home: { ...labHome(join(folder, 'home')), tools: join(folder, 'tools') },
      portOffset: 2500,
      ownPids: [],
      env: { PATH: await pathOf(folder, programs) },
      signal,
      onProgress: () => undefined,
      install: false,
    })

  it('names all that is missing at once, with one command for it where there is apt', async () => {
    await using folder = await temporaryFolder()
    const known = 'case "$*" in *openjdk-17*) exit 100 ;; *) echo "Package: x" ;; esac'
    const diagnosis = await diagnose(folder.path, {
      npm: 'exit 0',
      'apt-get': 'exit 1',
      'apt-cache': known,
      setpriv: all['setpriv']!,
      flock: '',
    })
    expect(diagnosis.ok).toBe(false)
    expect(diagnosis.command).toMatch(
      /apt-get install -y --no-install-recommends openjdk-21-jre-headless maven python3 python3-venv$/,
    )
    expect(renderDiagnosis(diagnosis)).toContain('this machine cannot run the lab yet')
    expect(() => {
      requireHealthy(diagnosis)
    }).toThrow(/lacks Java, Maven, Python/)
  })

  it('says how to get each thing where there is no apt', async () => {
    await using folder = await temporaryFolder()
    const diagnosis = await diagnose(folder.path, without('java'))
    expect(diagnosis.command).toBeUndefined()
    expect(() => {
      requireHealthy(diagnosis)
    }).toThrow(
      expect.objectContaining({
        code: 'LAB_PREREQUISITE_MISSING',
        fix: expect.stringContaining('Java runtime') as string,
      }) as Error,
    )
  })

  test('is content with a machine that has all', async () => {
    await using folder = await temporaryFolder()
    const diagnosis = await diagnose(folder.path, all)
    expect(diagnosis.findings.filter((finding) => finding.state === 'missing')).toEqual([])
    expect(() => {
      requireHealthy(diagnosis)
    }).not.toThrow()
  })
})
