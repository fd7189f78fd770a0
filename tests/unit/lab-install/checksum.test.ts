import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { verifyFile } from '../../../lab/install/checksum.ts'
import { verifyJars } from '../../../lab/install/jars.ts'
import { type PinnedFile } from '../../../lab/install/pins.ts'
import { temporaryFolder } from './folder.ts'

const contents = Buffer.from('the bytes of a jar')
const pinOf = (name: string): PinnedFile => ({
  name,
  bytes: contents.length,
  sha256: createHash('sha256').update(contents).digest('hex'),
})
const withByteChanged = (at: number): Buffer => {
  const copy = Buffer.from(contents)
  copy[at] = copy[at]! ^ 1
  return copy
}

describe('a downloaded file', () => {
  it('passes when it is the pinned one', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'a.jar'), contents)
    await expect(verifyFile(join(folder.path, 'a.jar'), pinOf('a.jar'))).resolves.toBeUndefined()
  })

  it.each([
    { what: 'its first byte differs', bytes: withByteChanged(0), found: /SHA-256 [0-9a-f]{64}, found [0-9a-f]{64}/ },
    { what: 'its last byte differs', bytes: withByteChanged(contents.length - 1), found: /found [0-9a-f]{64}/ },
    { what: 'it is cut', bytes: contents.subarray(1), found: /expected 18 bytes, found 17 bytes/ },
  ])('is refused with what was expected and found when $what', async ({ bytes, found }) => {
    await using folder = await temporaryFolder()
    const path = join(folder.path, 'a.jar')
    await writeFile(path, bytes)
    await expect(verifyFile(path, pinOf('a.jar'))).rejects.toMatchObject({
      code: 'LAB_CHECKSUM_MISMATCH',
      what: expect.stringContaining('a.jar') as string,
      why: expect.stringMatching(found) as string,
    })
  })
})

describe('the folder of jars', () => {
  const lock = [pinOf('a.jar'), pinOf('b.jar')]

  it.each([
    {
      what: 'a tampered jar',
      files: { 'a.jar': contents, 'b.jar': withByteChanged(3) },
      named: 'b.jar',
      forgotten: ['b.jar'],
    },
    { what: 'a missing jar', files: { 'a.jar': contents }, named: 'b.jar', forgotten: [] },
    {
      what: 'a jar of no lock',
      files: { 'a.jar': contents, 'b.jar': contents, 'c.jar': contents },
      named: 'c.jar',
      forgotten: [],
    },
  ])('is refused for $what, by name', async ({ files, named, forgotten }) => {
    await using folder = await temporaryFolder()
    const libs = join(folder.path, 'libs')
    await mkdir(libs)
    for (const [name, bytes] of Object.entries(files)) await writeFile(join(libs, name), bytes)
    const forgot: string[] = []
    const verified = verifyJars(libs, lock, (name) => {
      forgot.push(name)
      return Promise.resolve()
    })
    await expect(verified).rejects.toMatchObject({
      code: 'LAB_CHECKSUM_MISMATCH',
      what: expect.stringContaining(named) as string,
    })
    expect(forgot).toEqual(forgotten) // so that the next run downloads it again
  })
})
