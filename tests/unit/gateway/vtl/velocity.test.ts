import { expect, test } from 'vitest'
import { renderedOrNull } from './scopes.ts'
import { payloads, velocityTable } from './velocity-table.ts'

test.each(velocityTable)('$template', ({ payload, template, velocity, lab = velocity }) => {
  expect(renderedOrNull(template, payloads[payload])).toBe(lab)
})

test('differs from Velocity on purpose only, and says why', () => {
  expect(velocityTable.filter(({ lab, because }) => (lab === undefined) !== (because === undefined))).toEqual([])
  expect(velocityTable.length).toBeGreaterThan(200)
})
