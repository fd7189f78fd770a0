/** What the service's actions ask of the stored streams; times are epoch milliseconds, hash keys 128-bit, sequence numbers decimal text. */
export interface StreamDescription {
  readonly name: string
  readonly status: 'CREATING' | 'ACTIVE' | 'UPDATING' | 'DELETING'
  readonly createdAtMs: number
  readonly retentionHours: number
  /** In the order they were opened; closed ones stay until their records have expired. */
  readonly shards: readonly ShardDescription[]
  readonly tags: Readonly<Record<string, string>>
}

export interface ShardDescription {
  /** `shardId-` and 12 digits. */
  readonly shardId: string
  readonly parentShardId: string | undefined
  readonly adjacentParentShardId: string | undefined
  readonly startingHashKey: bigint
  /** Inclusive. */
  readonly endingHashKey: bigint
  readonly startingSequenceNumber: string
  /** Of a closed shard. */
  readonly endingSequenceNumber: string | undefined
  readonly openedAtMs: number
  readonly closedAtMs: number | undefined
}

export interface RecordToPut {
  readonly data: Uint8Array
  readonly partitionKey: string
  readonly explicitHashKey: bigint | undefined
}

/** Never rejects for one record's sake: a throttled or failed one is an outcome of its own. */
export type PutOutcome =
  | { readonly shardId: string; readonly sequenceNumber: string }
  | {
      readonly error: 'ProvisionedThroughputExceededException' | 'InternalFailure'
      readonly message: string
      readonly shardId: string
    }

export interface StoredRecord {
  readonly sequenceNumber: string
  readonly arrivedAtMs: number
  readonly data: Uint8Array
  readonly partitionKey: string
}

export type IteratorPosition =
  | { readonly type: 'TRIM_HORIZON' | 'LATEST' }
  | { readonly type: 'AT_SEQUENCE_NUMBER' | 'AFTER_SEQUENCE_NUMBER'; readonly sequenceNumber: string }
  | { readonly type: 'AT_TIMESTAMP'; readonly atMs: number }

export interface RecordsPage {
  readonly records: readonly StoredRecord[]
  /** Undefined once a closed shard has been read to its end. */
  readonly nextIterator: string | undefined
  readonly millisBehindLatest: number
  /** Of a closed shard read to its end. */
  readonly childShards: readonly ShardDescription[]
}

/**
 * The streams of one account, kept in a folder. Every change resolves once it would survive kill -9; with `fsync: 'always'`, a power
 * cut. All methods throw KinesisError with AWS's name and message: ResourceNotFoundException for an unknown stream or shard,
 * ResourceInUseException for a stream that is there or not ACTIVE, InvalidArgumentException, LimitExceededException,
 * ExpiredIteratorException, ProvisionedThroughputExceededException (reads).
 */
export interface Streams extends AsyncDisposable {
  list(): readonly StreamDescription[]
  describe(name: string): StreamDescription
  create(name: string, shardCount: number, tags?: Readonly<Record<string, string>>): Promise<void>
  delete(name: string): Promise<void>
  /** Outcomes in the request's order; each shard's records get rising sequence numbers in that order. */
  put(name: string, records: readonly RecordToPut[]): Promise<readonly PutOutcome[]>
  /** An opaque text, valid for five minutes. */
  iterator(name: string, shardId: string, position: IteratorPosition): string
  read(iterator: string, limit: number): Promise<RecordsPage>
  split(name: string, shardId: string, newStartingHashKey: bigint): Promise<void>
  merge(name: string, shardId: string, adjacentShardId: string): Promise<void>
  /** Uniform scaling. */
  setShardCount(name: string, target: number): Promise<void>
  setRetention(name: string, hours: number, change: 'increase' | 'decrease'): Promise<void>
  tag(name: string, tags: Readonly<Record<string, string>>): Promise<void>
  untag(name: string, keys: readonly string[]): Promise<void>
}
