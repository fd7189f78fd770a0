import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { iteratorKeyBytes, IteratorTokens } from '../../../services/kinesis/streams/iterator-token.ts'

const content = {
  createdAtMs: 1_795_571_596_063,
  streamName: 'a'.repeat(128),
  streamCreatedAtMs: 1_795_571_596_063,
  shardIndex: 2_147_483_647,
  fromIndex: Number.MAX_SAFE_INTEGER,
  notBeforeMs: 1_795_571_596_063,
}

const tokens = new IteratorTokens(randomBytes(iteratorKeyBytes))

it('opens what it sealed, in the 512 characters that a shard iterator may have', () => {
  const text = tokens.seal(content)
  expect(text.length).toBeLessThanOrEqual(512)
  expect(tokens.open(text)).toEqual(content)
  expect(text).not.toContain('aaaa')
})

it.each([
  { what: 'nothing', text: '' },
  { what: 'a word', text: 'iterator' },
  { what: 'bytes of the right kind', text: randomBytes(200).toString('base64') },
  { what: "another key's", text: new IteratorTokens(randomBytes(iteratorKeyBytes)).seal(content) },
  { what: 'one with a space behind', text: `${tokens.seal(content)} ` },
  { what: 'one in base64url', text: Buffer.alloc(120, 255).toString('base64url') },
])('opens nothing else: $what', ({ text }) => {
  expect(tokens.open(text)).toBeUndefined()
})

test('a character changed makes it invalid', () => {
  const text = tokens.seal(content)
  fc.assert(
    fc.property(
      fc.nat(text.length - 1),
      fc.constantFrom('A', 'Z', 'a', 'z', '0', '9', '+', '/', '='),
      (at, character) => {
        const changed = text.slice(0, at) + character + text.slice(at + 1)
        expect(tokens.open(changed)).toEqual(changed === text ? content : undefined)
      },
    ),
  )
})
