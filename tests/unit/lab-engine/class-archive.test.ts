import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { classArchive } from '../../../lab/engines/native/processes/class-archive.ts'

let archiveDir: string
let libs: string
beforeEach(async () => {
  archiveDir = await mkdtemp(join(tmpdir(), 'pinlab-archive-'))
  libs = join(archiveDir, 'libs')
  await mkdir(libs)
  await writeFile(join(libs, 'a.jar'), 'jar')
})
afterEach(async () => {
  await rm(archiveDir, { recursive: true })
})

const archives = async (): Promise<string[]> => (await readdir(archiveDir)).filter((name) => name !== 'libs')
const optionOf = async (archive: ReturnType<typeof classArchive>): Promise<string> =>
  (await archive.jvmOptions())[0] ?? ''

/** As a JVM does at its end. */
async function writeDraft(option: string): Promise<void> {
  await writeFile(option.replace('-XX:ArchiveClassesAtExit=', ''), 'classes')
}

test('is written by the first orderly end and used by the next start', async () => {
  const archive = classArchive({ jarFolders: [libs], archiveDir, owner: 'lab' })
  const first = await optionOf(archive)
  expect(first).toMatch(/^-XX:ArchiveClassesAtExit=/)
  await writeDraft(first)
  await archive.afterExit({ wasReady: true, orderly: true })
  expect(await optionOf(archive)).toMatch(/^-XX:SharedArchiveFile=.*\.jsa$/)
})

test('of a JVM that was killed while it wrote is thrown away', async () => {
  const archive = classArchive({ jarFolders: [libs], archiveDir, owner: 'lab' })
  await writeDraft(await optionOf(archive))
  await archive.afterExit({ wasReady: true, orderly: false })
  expect(await archives()).toEqual([])
})

test('is thrown away when a start with it fails, and kept when a server that was ready is killed', async () => {
  const archive = classArchive({ jarFolders: [libs], archiveDir, owner: 'lab' })
  await writeDraft(await optionOf(archive))
  await archive.afterExit({ wasReady: true, orderly: true })
  await archive.jvmOptions()
  await archive.afterExit({ wasReady: true, orderly: false })
  expect(await archives()).toHaveLength(1)
  await archive.afterExit({ wasReady: false, orderly: false })
  expect(await archives()).toEqual([])
})

test('is another one for other jars', async () => {
  const archive = classArchive({ jarFolders: [libs], archiveDir, owner: 'lab' })
  await writeDraft(await optionOf(archive))
  await archive.afterExit({ wasReady: true, orderly: true })
  await writeFile(join(libs, 'b.jar'), 'jar')
  const other = await optionOf(archive)
  expect(other).toMatch(/^-XX:ArchiveClassesAtExit=/)
  await writeDraft(other)
  await archive.afterExit({ wasReady: true, orderly: true })
  expect(await archives()).toHaveLength(1) // of Spark, 190 MB each
})
