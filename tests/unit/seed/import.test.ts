import { createReadStream, existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { LabError } from '../../../contract/index.ts'
import { hasStagedImport, loadImport, stageImport, validateImport } from '../../../seed/import.ts'
import { IndSet } from '../../../seed/importing/ind-set.ts'

const geoHeader = 'ind,timestamp,latitude,longitude,country'
const userHeader = 'ind,first_name,last_name,age,date_joined'
const pinHeader =
  'index,unique_id,title,description,poster_name,follower_count,tag_list,is_image_or_video,image_src,downloaded,save_location,category'
const geoRow = (ind: number): string => `${String(ind)},2021-09-26 19:49:23,-88.8298,-170.188,Albania`
const userRow = (ind: number): string => `${String(ind)},Adam,Acosta,20,2015-10-21 21:26:45`
const pinRow = (ind: number): string =>
  `${String(ind)},id-${String(ind)},"A ""title""\nin two lines",text,poster,3k,"a,b",image,src,1,Local save in /data/art,art`
const csv = (...lines: string[]): string => `${lines.join('\n')}\n`

let folder: string
let source: string
let staging: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pinlab-import-'))
  source = join(folder, 'source')
  staging = join(folder, 'held', 'import')
  await mkdir(source)
  await put({
    geolocation_data: csv(geoHeader, geoRow(0), geoRow(1), geoRow(2)),
    user_data: csv(userHeader, userRow(2), userRow(0), userRow(1)),
  })
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function put(files: Record<string, string | Buffer>): Promise<void> {
  for (const [table, text] of Object.entries(files)) await writeFile(join(source, `${table}.csv`), text)
}

async function faultOf(action: Promise<unknown>): Promise<LabError> {
  const error = await action.then(
    () => undefined,
    (failure: unknown) => failure,
  )
  expect(error).toBeInstanceOf(LabError)
  return error as LabError
}

async function stagedTable(entity: string): Promise<string> {
  const tables = (await readdir(staging)).find((name) => name !== 'import.json')!
  return readFile(join(staging, tables, `${entity}.tsv`), 'utf8')
}

test('two good tables are a plan, and pins are generated', async () => {
  const plan = await validateImport(source)
  expect(plan).toMatchObject({ size: 3, generated: ['pin'] })
  expect(plan.summary.join('\n')).toMatch(/3 posts.*\n.*pins are generated/)
  expect(await hasStagedImport(staging)).toBe(false)
})

test('what is staged holds every row, the pins with the same inds as the users', async () => {
  await stageImport(source, staging)
  expect(await hasStagedImport(staging)).toBe(true)
  expect(await stagedTable('geo')).toBe([0, 1, 2].map((ind) => `${geoRow(ind).replaceAll(',', '\t')}\n`).join(''))
  const inds = (await stagedTable('pin'))
    .trim()
    .split('\n')
    .map((line) => Number(line.split('\t')[0]))
  expect(inds).toEqual([2, 0, 1])
})

test('equal user rows are one account: one poster and one follower count', async () => {
  await stageImport(source, staging)
  const posters = (await stagedTable('pin'))
    .trim()
    .split('\n')
    .map((line) => line.split('\t').slice(4, 6).join())
  expect(new Set(posters.filter((poster) => !poster.startsWith('User Info Error'))).size).toBe(1)
})

test('three tables of one’s own are taken as they are, newlines, quotes and commas in them too', async () => {
  await put({ pinterest_data: csv(pinHeader, pinRow(0), pinRow(1), pinRow(2)) })
  const plan = await stageImport(source, staging)
  expect(plan).toMatchObject({ size: 3, generated: [] })
  expect((await stagedTable('pin')).split('\n')[1]).toBe(
    ['1', 'id-1', 'A "title"\\nin two lines', 'text', 'poster', '3k', 'a,b', 'image', 'src', '1'].join('\t') +
      '\tLocal save in /data/art\tart',
  )
})

it.each([
  [
    'another order and another spelling',
    csv('Country,LONGITUDE,Latitude,Time Stamp,IND', 'Albania,1,2,2021-09-26T19:49:23Z,0'),
  ],
  ['a byte order mark and CRLF', `\ufeff${geoHeader}\r\n0,2021-09-26 19:49:23,2,1,Albania\r\n`],
  [
    'an unnamed column and a key called index',
    csv(',index,timestamp,latitude,longitude,country', '9,0,2021-09-26 19:49:23,2,1,Albania'),
  ],
  [
    'a column that pandas named',
    csv('Unnamed: 0,ind,timestamp,latitude,longitude,country', '9,0,2021-09-26 19:49:23,2,1,Albania'),
  ],
  ['whole numbers with a fraction of zeros', csv(geoHeader, '0.0,2021-09-26 19:49:23.000000,2.0,1e0,Albania')],
  ['no newline at the end, blank lines between', `${geoHeader}\n\n0,2021-09-26 19:49:23,2,1,Albania`],
])('a header is found in %s', async (_what, text) => {
  await put({ geolocation_data: text, user_data: csv(userHeader, userRow(0)) })
  await stageImport(source, staging)
  expect(await stagedTable('geo')).toBe('0\t2021-09-26 19:49:23\t2\t1\tAlbania\n')
})

it.each<[string, string | Buffer, RegExp]>([
  ['an empty file', '', /user_data\.csv: the file is empty/],
  ['a header only', csv(userHeader), /user_data\.csv: the file has a header but no row/],
  ['an unknown column', csv(`${userHeader},nickname`), /line 1: column "nickname" is none of this table's/],
  ['a missing column', csv('ind,first_name,age,date_joined'), /line 1: the header lacks last_name/],
  ['a column twice', csv(`${userHeader},Age`), /line 1: column age stands twice/],
  ['semicolons', csv(userHeader.replaceAll(',', ';')), /line 1: columns are separated by ";"/],
  [
    'a word for a number',
    csv(userHeader, userRow(0), '1,Adam,Acosta,forty,2015-10-21 21:26:45'),
    /user_data\.csv, line 3, column age: "forty" is not a whole number/,
  ],
  [
    'an empty number',
    csv(userHeader, '0,Adam,Acosta,,2015-10-21 21:26:45'),
    /line 2, column age: "" is not a whole number/,
  ],
  [
    'a number of 33 bits',
    csv(userHeader, '2147483648,Adam,Acosta,20,2015-10-21 21:26:45'),
    /line 2, column ind: "2147483648"/,
  ],
  [
    'a day that does not exist',
    csv(userHeader, '0,Adam,Acosta,20,2015-02-30 21:26:45'),
    /column date_joined: "2015-02-30 21:26:45" is not a time/,
  ],
  ['a time of another zone', csv(userHeader, '0,Adam,Acosta,20,2015-02-20T21:26:45+02:00'), /column date_joined/],
  [
    'a text too long for its column',
    csv(userHeader, `0,${'x'.repeat(256)},Acosta,20,2015-10-21 21:26:45`),
    /column first_name: "x{40}…" is not a text of at most 255/,
  ],
  ['a key twice', csv(userHeader, userRow(0), userRow(0)), /line 3, column ind: 0 stands in an earlier row too/],
  ['a row too short', csv(userHeader, '0,Adam,Acosta'), /line 2: the row has 3 fields, the header has 5/],
  [
    'a comma too many',
    csv(userHeader, '0,Adam,Acosta, jr,20,2015-10-21 21:26:45'),
    /line 2: the row has 6 fields, the header has 5/,
  ],
  [
    'lines counted through newlines in quotes',
    csv(userHeader, '0,"Adam\n\n",Acosta,20,2015-10-21 21:26:45', '1,a,b,x,2015-10-21 21:26:45'),
    /line 5, column age/,
  ],
  [
    'a quote within a field',
    csv(userHeader, userRow(0), '1,Ad"am,Acosta,20,2015-10-21 21:26:45'),
    /line 3: a quote stands within a field/,
  ],
  [
    'a quote never closed',
    csv(userHeader, userRow(0), '1,"Adam,Acosta,20,2015-10-21 21:26:45', userRow(2)),
    /line 3: a quote that opens in this row is never closed/,
  ],
  [
    'a quote never closed in a long file',
    csv(userHeader, userRow(0), '1,"Adam', ...Array.from({ length: 40_000 }, (_, ind) => userRow(ind + 2))),
    /line 3: a row of more than 1 MiB begins here/,
  ],
  ['a NUL byte', csv(userHeader, userRow(0), '1,Ad\0am,Acosta,20,2015-10-21 21:26:45'), /line 3: a NUL byte/],
  ['Latin 1', Buffer.from(csv(userHeader, '0,Zoë,Acosta,20,2015-10-21 21:26:45'), 'latin1'), /not UTF-8/],
  ['UTF-16', Buffer.from(`\ufeff${userHeader}\n${userRow(0)}\n`, 'utf16le'), /not UTF-8|NUL byte/],
  [
    'inds that the other table lacks',
    csv(userHeader, ...[0, 1, 2, 3, 4, 5, 6].map(userRow)),
    /geolocation_data\.csv: lacks 4 inds of user_data\.csv: 3, 4, 5, …/,
  ],
  ['too few inds', csv(userHeader, userRow(0)), /user_data\.csv: lacks 2 inds of geolocation_data\.csv: 1, 2/],
])('%s is refused by name, and nothing is held', async (_what, text, why) => {
  await put({ user_data: text })
  const error = await faultOf(stageImport(source, staging))
  expect(error.code).toBe('LAB_IMPORT_INVALID')
  expect(error.why).toMatch(why)
  expect(await hasStagedImport(staging)).toBe(false)
  expect(existsSync(join(staging, 'partial'))).toBe(false)
})

test('a missing file and a missing folder are named', async () => {
  await rm(join(source, 'user_data.csv'))
  expect((await faultOf(validateImport(source))).why).toMatch(/user_data\.csv: there is no such file/)
  expect((await faultOf(validateImport(join(folder, 'nowhere')))).what).toMatch(/nowhere cannot be imported/)
  expect((await faultOf(validateImport(join(source, 'geolocation_data.csv')))).code).toBe('LAB_IMPORT_INVALID')
})

test('faults of all files are shown together, twenty at most', async () => {
  await put({ geolocation_data: csv(geoHeader, '0,x,y,z,Albania') })
  await put({ user_data: csv(userHeader, ...Array.from({ length: 60 }, () => 'a,b,c,d,e')) })
  const error = await faultOf(validateImport(source))
  expect(error.what).toMatch(/20 or more faults/)
  expect(error.why.split('\n')).toHaveLength(20)
  expect(error.why).toMatch(/geolocation_data\.csv, line 2, column timestamp/)
  expect(error.why).toMatch(/user_data\.csv, line 2, column ind/)
})

test('values that cleaning makes null are data, but said', async () => {
  await put({ geolocation_data: csv(geoHeader, geoRow(0), geoRow(1), '2,2021-09-26 19:49:23,-91,0,Albania') })
  expect((await validateImport(source)).summary).toContain(
    'geolocation_data.csv: 1 row with a coordinate or age out of range, which cleaning makes null',
  )
})

test('a faulty or interrupted import leaves the one that is held', async () => {
  await stageImport(source, staging)
  const held = await readFile(join(staging, 'import.json'), 'utf8')
  await put({ user_data: csv(userHeader, 'x') })
  await faultOf(stageImport(source, staging))
  await put({ user_data: csv(userHeader, userRow(2), userRow(0), userRow(1)) })
  expect((await faultOf(stageImport(source, staging, { signal: AbortSignal.abort() }))).code).toBe('LAB_INTERRUPTED')
  expect(await readFile(join(staging, 'import.json'), 'utf8')).toBe(held)
  expect(await stagedTable('user')).toMatch(/^2\tAdam/)
})

test('a later import takes the place of the one held; the same one is the same digest', async () => {
  const digest = async (): Promise<unknown> =>
    (JSON.parse(await readFile(join(staging, 'import.json'), 'utf8')) as { digest: string }).digest
  await stageImport(source, staging)
  const first = await digest()
  await stageImport(source, staging)
  expect(await digest()).toBe(first)
  await put({ user_data: csv(userHeader, userRow(1), userRow(0), userRow(2)) })
  await stageImport(source, staging)
  expect(await digest()).not.toBe(first)
  expect(await readdir(staging)).toHaveLength(2)
})

test('a broken hold is named with what to do', async () => {
  await stageImport(source, staging)
  await writeFile(join(staging, 'import.json'), '{')
  const error = await faultOf(hasStagedImport(staging))
  expect([error.code, error.fix]).toEqual(['LAB_STATE_BROKEN', expect.stringContaining('lab seed import')])
  await rm(staging, { recursive: true })
  expect((await faultOf(loadImport(staging, undefined as never))).code).toBe('LAB_STATE_BROKEN')
})

test('a set of inds is a set', () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.integer(), fc.integer({ min: -5, max: 5 }))),
      fc.array(fc.integer({ min: -5, max: 5 })),
      (inds, others) => {
        const set = new IndSet()
        const other = new IndSet()
        for (const ind of others) other.add(ind)
        const reference = new Set<number>()
        for (const ind of inds) {
          expect(set.add(ind)).toBe(!reference.has(ind))
          reference.add(ind)
        }
        expect(set.size).toBe(reference.size)
        expect(set.range).toEqual({ min: Math.min(...inds), max: Math.max(...inds) })
        const without = [...reference].filter((ind) => !others.includes(ind)).sort((a, b) => a - b)
        expect(set.without(other, 3)).toEqual({ count: without.length, first: without.slice(0, 3) })
      },
    ),
    { numRuns: 50 },
  )
})

const courseTables = resolve(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data', 'course')

describe.skipIf(!existsSync(courseTables))(
  'the course’s tables (skipped where they are not beside the project)',
  () => {
    test('are taken whole, with pins in section 2’s blocks', async () => {
      const plan = await stageImport(courseTables, staging)
      expect(plan).toMatchObject({ size: 11_154, generated: ['pin'] })
      const tables = (await readdir(staging)).find((name) => name !== 'import.json')!
      const starts = new Map<string, number>()
      const posters = new Set<string>()
      for await (const line of createInterface(createReadStream(join(staging, tables, 'pin.tsv')))) {
        const fields = line.split('\t')
        if (!starts.has(fields[11]!)) starts.set(fields[11]!, Number(fields[0]))
        posters.add(fields[4]!)
      }
      expect([starts.get('art'), starts.get('christmas'), starts.get('vehicles')]).toEqual([0, 1_637, 10_316])
      // one poster an account, and the marker; a few accounts show nothing but the marker
      expect(posters.size).toBeGreaterThan(5_307 - 80)
      expect(posters.size).toBeLessThanOrEqual(5_308)
    })
  },
)
