import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { holdLock } from '../../../lab/install/lock.ts'
import { temporaryFolder } from './folder.ts'

const never = new AbortController().signal
const options = (onWait = (): void => undefined, signal = never) => ({ env: process.env, signal, onWait })

test('the second holder says that it waits, and gets the lock when the first lets go', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'deep', 'lock')
  const events: string[] = []
  const first = await holdLock(file, options())
  const { promise: waits, resolve: onWait } = Promise.withResolvers<undefined>()
  const second = holdLock(
    file,
    options(() => {
      onWait(undefined)
    }),
  ).then((lock) => {
    events.push('second holds')
    return lock
  })
  await waits
  events.push('first lets go')
  await first[Symbol.asyncDispose]()
  await (await second)[Symbol.asyncDispose]()
  expect(events).toEqual(['first lets go', 'second holds'])
})

test('an interrupted wait ends at once', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'lock')
  await using _first = await holdLock(file, options())
  const interrupted = new AbortController()
  const second = holdLock(
    file,
    options(() => {
      interrupted.abort()
    }, interrupted.signal),
  )
  await expect(second).rejects.toMatchObject({ name: 'AbortError' })
})

test('a holder that is killed leaves no lock behind', async () => {
  await using folder = await temporaryFolder()
  const file = join(folder.path, 'lock')
  const lockModule = join(import.meta.dirname, '../../../lab/install/lock.ts')
  const script = `const { holdLock } = await import(${JSON.stringify(lockModule)})
    await holdLock(${JSON.stringify(file)}, { env: process.env, signal: new AbortController().signal, onWait() {} })
    console.log('held'); setInterval(() => {}, 1000)`
  const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  holder.kill('SIGKILL')
  await using _lock = await holdLock(file, options())
})
