import { closeSync, openSync, readFileSync } from 'node:fs'
import { isErrno } from './files.ts'
import { indexPath, segmentPath, type Segment } from './segment.ts'
import { SparseIndex } from './sparse-index.ts'

/** Files kept open; a reader that follows a shard stays in one segment for thousands of calls. */
const maxOpen = 64

interface OpenFile {
  readonly fd: number
  /** Of a sealed segment, once it was asked for. */
  index: SparseIndex | undefined
  leases: number
  isForgotten: boolean
}

/** A segment to read from; disposed when the read is over. */
export interface SegmentLease extends Disposable {
  readonly fd: number
  readonly index: SparseIndex
}

/** Segments that were read lately, with their files open: to open and close one costs more than to read 500 records of it. */
export class OpenSegments {
  /** By path, the least recently used first. */
  readonly #files = new Map<string, OpenFile>()

  /** @throws what the file system throws when the segment was deleted meanwhile (ENOENT) */
  lease(segment: Segment): SegmentLease {
    const path = segmentPath(segment)
    const file = this.#files.get(path) ?? { fd: openSync(path, 'r'), index: undefined, leases: 0, isForgotten: false }
    this.#files.delete(path)
    this.#files.set(path, file)
    const [eldest] = this.#files.keys()
    if (this.#files.size > maxOpen && eldest !== undefined) this.#forget(eldest)
    file.leases += 1
    return {
      fd: file.fd,
      index: segment.index ?? (file.index ??= storedIndex(segment)),
      [Symbol.dispose]: () => {
        file.leases -= 1
        if (file.isForgotten && file.leases === 0) closeSync(file.fd)
      },
    }
  }

  /** Closes the files in a folder, or the one of a segment; reads under way end first. A deleted file takes room until it is closed. */
  forget({ folder, firstIndex }: { readonly folder: string; readonly firstIndex?: number }): void {
    const start = firstIndex === undefined ? `${folder}/` : segmentPath({ folder, firstIndex })
    for (const path of [...this.#files.keys()]) if (path.startsWith(start)) this.#forget(path)
  }

  #forget(path: string): void {
    const file = this.#files.get(path)
    if (file === undefined) return
    this.#files.delete(path)
    file.isForgotten = true
    if (file.leases === 0) closeSync(file.fd)
  }
}

/** Without its file a segment is read from its start: slower, but as right. */
function storedIndex(segment: Segment): SparseIndex {
  try {
    return SparseIndex.decode(readFileSync(indexPath(segment)))?.index ?? new SparseIndex()
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return new SparseIndex()
    throw error
  }
}
