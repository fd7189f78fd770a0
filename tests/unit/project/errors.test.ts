import { readFileSync } from 'node:fs'
import { glob } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { catalog, type LabErrorCode } from '../../../contract/index.ts'
import { projectRoot } from '../../support/documents.ts'

const codes = Object.keys(catalog) as LabErrorCode[]
const documented = new Map(
  [...readFileSync(join(projectRoot, 'docs/errors.md'), 'utf8').matchAll(/^\| `(LAB_\w+)` +\| (\d+) +\|/gm)].map(
    ([, code = '', exitCode]) => [code, Number(exitCode)],
  ),
)

describe('the error catalogue', () => {
  it.each(codes)('%s is documented with its exit code', (code) => {
    expect(documented.get(code)).toBe(catalog[code].exitCode)
  })

  test('nothing else is documented', () => {
    expect([...documented.keys()].toSorted()).toEqual(codes.toSorted())
  })

  test('every code is thrown somewhere', async () => {
    const thrown = new Set<string>()
    for await (const file of glob('{lab,emulator,seed,analytics,services,contract}/**/*.ts', { cwd: projectRoot })) {
      if (file === join('contract', 'errors.ts')) continue
      for (const [, code = ''] of readFileSync(join(projectRoot, file), 'utf8').matchAll(/'(LAB_\w+)'/g))
        thrown.add(code)
    }
    expect(codes.filter((code) => !thrown.has(code))).toEqual([])
  })
})
