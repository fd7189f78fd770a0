// 24 GETs hide the latency of a local S3; the bytes bound is what counts with large files.
const maxInFlight = 24
const maxBytesInFlight = 48 * 1024 * 1024

/** Fetches all of `wanted` in its order, several at once but at most `maxBytesInFlight` (or one). */
export async function* fetchInOrder<W extends { readonly bytes: number }, T>(
  wanted: readonly W[],
  fetch: (one: W) => Promise<T>,
): AsyncGenerator<T> {
  const inFlight: { bytes: number; fetched: Promise<T> }[] = []
  let bytesInFlight = 0
  let next = 0
  const startMore = (): void => {
    for (let one = wanted[next]; one !== undefined; one = wanted[++next]) {
      const isFull = inFlight.length >= maxInFlight || bytesInFlight + one.bytes > maxBytesInFlight
      if (isFull && inFlight.length > 0) return
      const fetched = fetch(one)
      fetched.catch(() => undefined) // reported where it is awaited; until then it must not count as unhandled
      inFlight.push({ bytes: one.bytes, fetched })
      bytesInFlight += one.bytes
    }
  }
  startMore()
  for (let oldest = inFlight.shift(); oldest !== undefined; oldest = inFlight.shift()) {
    const fetched = await oldest.fetched
    bytesInFlight -= oldest.bytes
    startMore()
    yield fetched
  }
}
