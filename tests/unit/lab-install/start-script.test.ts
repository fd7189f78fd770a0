import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { locate } from '../../../lab/install/locate.ts'
import { temporaryFolder } from './folder.ts'

const projectRoot = resolve(import.meta.dirname, '../../..')

// what the script may use of the system: enough to do its work, and neither node, npm nor apt-get
const systemPrograms = [
  ...['sh', 'uname', 'cmp', 'mkdir', 'id', 'date', 'sleep', 'rm', 'cp', 'mv', 'ln', 'cat', 'readlink', 'flock'],
]

interface Project extends AsyncDisposable {
  readonly root: string
  /** Folder that is the whole PATH. */
  readonly bin: string
  /** Puts a program on the PATH. */
  readonly put: (name: string, script: string) => Promise<void>
  readonly run: (args?: readonly string[], where?: { command?: string; cwd?: string }) => Promise<Outcome>
  readonly npmCalls: () => Promise<readonly string[]>
}

interface Outcome {
  readonly code: number | null
  readonly pid: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** A project folder with the real start script and a command line that tells how it was started. */
async function aProject(): Promise<Project> {
  const folder = await temporaryFolder()
  const root = join(folder.path, 'my project')
  const bin = join(folder.path, 'bin')
  await mkdir(join(root, 'lab'), { recursive: true })
  await mkdir(bin)
  for (const part of ['bin', 'install'])
    await cp(join(projectRoot, 'lab', part), join(root, 'lab', part), { recursive: true })
  await writeFile(join(root, 'lab', 'package.json'), '{"type":"module"}')
  await writeFile(
    join(root, 'lab', 'cli.ts'),
    `const words: string[] = process.argv.slice(2)
     console.log(JSON.stringify({ pid: process.pid, node: process.execPath, words, cwd: process.cwd() }))
     if (words[0] === 'exit') process.exitCode = Number(words[1])`,
  )
  await writeFile(join(root, 'package-lock.json'), lockOf('1.0.0'))
  for (const program of systemPrograms) await symlink((await locate(program, process.env))!, join(bin, program))

  const put = async (name: string, script: string): Promise<void> => {
    await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`)
    await chmod(join(bin, name), 0o755)
  }
  return {
    root,
    bin,
    put,
    run: async (args = [], { command = join(root, 'lab', 'bin', 'lab'), cwd = root } = {}) => {
      const child = spawn(command, args, { cwd, env: { PATH: bin }, stdio: ['ignore', 'pipe', 'pipe'] })
      let [stdout, stderr] = ['', '']
      child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
      child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
      const [code] = (await once(child, 'close')) as [number | null]
      return { code, pid: child.pid, stdout, stderr }
    },
    npmCalls: async () => (await readFile(join(root, 'npm.log'), 'utf8')).trimEnd().split('\n'),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

const lockOf = (version: string): string =>
  JSON.stringify({ packages: { '': {}, 'node_modules/x': { version, integrity: 'sha512-x' } } })

/** As npm does: what is installed, and last the list of it; slowly, as npm does too. */
const fakeNpm = (root: string): string => `
echo "$1 $3" >> '${root}/npm.log'
case $3 in
  *.node.draft)
    for arch in x64 arm64; do
      mkdir -p "$3/node_modules/node-linux-$arch/bin"
      ln -s '${process.execPath}' "$3/node_modules/node-linux-$arch/bin/node"
    done
    ;;
  *)
    rm -rf "$3/node_modules"
    mkdir -p "$3/node_modules"
    sleep 1
    cp "$3/package-lock.json" "$3/node_modules/.package-lock.json"
    ;;
esac`

const withNode = (project: Project): Promise<void> => symlink(process.execPath, join(project.bin, 'node'))
const withOldNode = (project: Project): Promise<void> => project.put('node', 'echo v20.20.2')
const installed = async (project: Project): Promise<void> => {
  await mkdir(join(project.root, 'node_modules'), { recursive: true })
  await copyFile(join(project.root, 'package-lock.json'), join(project.root, 'node_modules', '.lab-package-lock.json'))
}
interface Told {
  readonly pid: number
  readonly node: string
  readonly words: readonly string[]
  readonly cwd: string
}
const told = (outcome: Outcome): Told => {
  expect(outcome.code, outcome.stderr).toBe(0)
  return JSON.parse(outcome.stdout) as Told
}

describe('with everything there', () => {
  it("runs the command line on the machine's Node when it is new enough, in the process that was started", async () => {
    await using project = await aProject()
    await withNode(project)
    await installed(project)
    const outcome = await project.run(['up', '--user-id', 'a b'])
    expect(told(outcome)).toMatchObject({ pid: outcome.pid, words: ['up', '--user-id', 'a b'] })
    expect(outcome.stderr).toBe('')
  })

  it('keeps the exit code', async () => {
    await using project = await aProject()
    await withNode(project)
    await installed(project)
    expect((await project.run(['exit', '3'])).code).toBe(3)
  })

  it('works through a link and from any folder, which stays the working directory', async () => {
    await using project = await aProject()
    await withNode(project)
    await installed(project)
    const link = join(project.bin, 'lab')
    await symlink(join(project.root, 'lab', 'bin', 'lab'), link)
    expect(told(await project.run(['urls'], { command: link, cwd: '/' }))).toMatchObject({ cwd: '/', words: ['urls'] })
  })

  it('runs other commands on that Node too', async () => {
    await using project = await aProject()
    await withNode(project)
    await installed(project)
    const command = join(project.root, 'lab', 'bin', 'run')
    const outcome = await project.run(['node', '-p', 'process.execPath'], { command, cwd: '/' })
    expect(outcome).toMatchObject({ code: 0, stdout: `${process.execPath}\n` })
  })
})

describe('on a machine whose Node is too old', () => {
  it("installs the lab's own once, then uses it without asking npm again", async () => {
    await using project = await aProject()
    await withOldNode(project)
    await installed(project)
    await project.put('npm', fakeNpm(project.root))
    const first = await project.run(['up'])
    expect(told(first).words).toEqual(['up'])
    expect(first.stderr).toMatch(/the lab's own Node 24: about 60 MB to download/)
    await project.put('npm', 'exit 1')
    const second = await project.run(['up'])
    expect(told(second).words).toEqual(['up'])
    expect(second.stderr).toBe('')
  })

  it('replaces its own when the pin is another one', async () => {
    await using project = await aProject()
    await withOldNode(project)
    await installed(project)
    await project.put('npm', fakeNpm(project.root))
    await project.run(['up'])
    await writeFile(join(project.root, '.lab/tools/node/package-lock.json'), 'of an older pin')
    told(await project.run(['up']))
    expect(await project.npmCalls()).toHaveLength(2)
  })

  it('says what to do when there is no npm either', async () => {
    await using project = await aProject()
    await withOldNode(project)
    const { code, stderr } = await project.run(['up'])
    expect(code).toBe(3)
    expect(stderr).toMatch(
      /^error LAB_PREREQUISITE_MISSING: .+\n {2}why: .+\n {2}fix: .*apt-get install -y nodejs npm.*\n$/,
    )
  })

  it('passes on that npm failed, and leaves nothing half-made', async () => {
    await using project = await aProject()
    await withOldNode(project)
    await installed(project)
    await project.put('npm', 'echo "npm error network" >&2; exit 1')
    const { code, stderr } = await project.run(['up'])
    expect(code).toBe(3)
    expect(stderr).toMatch(/npm error network\nerror LAB_DOWNLOAD_FAILED: .+\n {2}why: .+\n {2}fix: .+\n$/)
    await project.put('npm', fakeNpm(project.root))
    told(await project.run(['up']))
  })
})

describe('the npm packages', () => {
  it('are installed before the first start and after a change of package-lock.json, not otherwise', async () => {
    await using project = await aProject()
    await withNode(project)
    await project.put('npm', fakeNpm(project.root))
    for (let time = 0; time < 2; time += 1) told(await project.run(['up']))
    expect(await project.npmCalls()).toEqual([`ci ${project.root}`])
    await writeFile(join(project.root, 'package-lock.json'), lockOf('1.0.1'))
    for (let time = 0; time < 2; time += 1) told(await project.run(['up']))
    expect(await project.npmCalls()).toHaveLength(2)
  })

  it('are left alone after a developer ran npm install', async () => {
    await using project = await aProject()
    await withNode(project)
    await project.put('npm', fakeNpm(project.root))
    told(await project.run(['up']))
    for (const lock of ['package-lock.json', 'node_modules/.package-lock.json']) {
      await writeFile(join(project.root, lock), lockOf('1.0.2'))
    }
    told(await project.run(['up']))
    expect(await project.npmCalls()).toHaveLength(1)
  })

  it('are installed once by two starts at once, of which one waits', async () => {
    await using project = await aProject()
    await withNode(project)
    await project.put('npm', fakeNpm(project.root))
    const outcomes = await Promise.all([project.run(['up']), project.run(['up'])])
    for (const outcome of outcomes) told(outcome)
    expect(await project.npmCalls()).toHaveLength(1)
    expect(outcomes.filter(({ stderr }) => stderr.includes('another set-up of this project is running'))).toHaveLength(
      1,
    )
  })

  it('are installed again when the first installation was killed', async () => {
    await using project = await aProject()
    await withNode(project)
    await project.put('npm', `mkdir -p "$3/node_modules/half"; kill -9 $PPID $$`)
    const { code } = await project.run(['up'])
    expect(code).toBeNull()
    await project.put('npm', fakeNpm(project.root))
    told(await project.run(['up']))
    expect(await project.npmCalls()).toHaveLength(1)
  })
})
