"""Kinesis Data Streams as a source of Spark Structured Streaming: `spark.readStream.format("kinesis")`.

It has the option names and the columns of Databricks' connector. The records are fetched once, by the driver, while a micro-batch
is planned, and handed to Spark with the plan; only a batch that is repeated after a restart is read from Kinesis again, and
then it holds exactly the same records. See docs/decisions/11-stream-job.md.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

import pyarrow as pa
from pyspark.sql.datasource import DataSource, SimpleDataSourceStreamReader
from pyspark.sql.streaming.datasource import SupportsTriggerAvailableNow
from pyspark.sql.types import StructType

from kinesis_client import KinesisClient, Shard
from kinesis_options import LATEST, TRIM_HORIZON, KinesisOptions, parse_options
from shard_positions import END, START, Offset, at_time, readable_shards, with_new_shards
from shard_reader import Record, ShardReader, read_range

SCHEMA = (
    "partitionKey string, data binary, stream string, shardId string, sequenceNumber string,"
    " approximateArrivalTimestamp timestamp"
)

_ARROW_SCHEMA = pa.schema(
    [
        ("partitionKey", pa.string()),
        ("data", pa.binary()),
        ("stream", pa.string()),
        ("shardId", pa.string()),
        ("sequenceNumber", pa.string()),
        ("approximateArrivalTimestamp", pa.timestamp("us", tz="UTC")),
    ]
)

# Records of one Arrow batch: bounds what is held twice while it is handed over.
_ROWS_PER_ARROW_BATCH = 5_000


class KinesisDataSource(DataSource):
    """Register it by `spark.dataSource.register(KinesisDataSource)`."""

    def __init__(self, options: dict[str, str]) -> None:
        super().__init__(options)
        self._parsed = parse_options(options)  # so load() refuses them, before a query starts

    @classmethod
    def name(cls) -> str:
        return "kinesis"

    def schema(self) -> str:
        return SCHEMA

    def simpleStreamReader(self, schema: StructType) -> KinesisStreamReader:
        return KinesisStreamReader(self._parsed)


class KinesisStreamReader(SimpleDataSourceStreamReader, SupportsTriggerAvailableNow):
    """The reader of one stream. Spark asks it in one process, one call after the other."""

    def __init__(self, options: KinesisOptions) -> None:
        self._options = options
        self._readers: dict[str, ShardReader] = {}
        #: what the stream listed last; None: shards may have been born since
        self._shards: list[Shard] | None = None
        #: by Trigger.AvailableNow: records that arrived later are not taken
        self._until_ms: int | None = None

    @cached_property
    def _client(self) -> KinesisClient:
        return KinesisClient(self._options)

    def __reduce__(self) -> tuple[type[KinesisStreamReader], tuple[KinesisOptions]]:
        return KinesisStreamReader, (self._options,)  # Spark sends it to a worker, where connections cannot go

    def initialOffset(self) -> Offset:
        position = self._options.initial_position
        if position == LATEST:
            # a time, so that a restart before the first record starts from the same place
            position = time.time_ns() // 1_000_000
        return with_new_shards({}, self._client.shards(), START if position == TRIM_HORIZON else at_time(int(position)))

    def prepareForTriggerAvailableNow(self) -> None:
        self._until_ms = time.time_ns() // 1_000_000

    def read(self, start: Offset) -> tuple[Iterator[Any], Offset]:
        """The records after `start` as Arrow batches, within maxRecordsPerBatch, and the offset after them."""
        if self._shards is None:
            self._shards = self._client.shards()
            start = with_new_shards(start, self._shards)
        end = dict(start)
        batches: list[pa.RecordBatch] = []
        readable = readable_shards(start, self._shards)
        left = self._options.max_records_per_batch or None
        for place, shard in enumerate(readable):
            # equal shares of what is left, so that no shard starves
            share = None if left is None else max(1, left // (len(readable) - place))
            records, end[shard] = self._read_shard(shard, start[shard], share)
            batches += _arrow_batches(self._options.stream, shard, records)
            if left is not None:
                left = max(0, left - len(records))
        if any(end[shard] == END for shard in readable):
            self._shards = None
        return iter(batches), end

    def readBetweenOffsets(self, start: Offset, end: Offset) -> Iterator[Any]:
        for shard, position in end.items():
            records = list(read_range(self._client, self._options, shard, start.get(shard, START), position))
            yield from _arrow_batches(self._options.stream, shard, records)

    def _read_shard(self, shard: str, start: str, share: int | None) -> tuple[list[Record], str]:
        reader = self._readers.get(shard)
        if reader is None or reader.position != start:
            reader = self._readers[shard] = ShardReader(self._client, self._options, shard, start)
        records: list[Record] = []
        while True:
            left = self._options.max_records_per_fetch if share is None else share - len(records)
            fetch = reader.fetch(left)
            taken = [record for record in fetch.records if self._is_wanted(record)]
            records += taken
            if len(taken) < len(fetch.records):
                return records, records[-1]["SequenceNumber"] if records else start
            if fetch.at_tip or (share is not None and len(records) >= share):
                return records, fetch.position

    def _is_wanted(self, record: Record) -> bool:
        return self._until_ms is None or record["ApproximateArrivalTimestamp"].timestamp() * 1000 <= self._until_ms


def _arrow_batches(stream: str, shard: str, records: list[Record]) -> Iterable[pa.RecordBatch]:
    for at in range(0, len(records), _ROWS_PER_ARROW_BATCH):
        rows = records[at : at + _ROWS_PER_ARROW_BATCH]
        yield pa.RecordBatch.from_arrays(
            [
                pa.array([row["PartitionKey"] for row in rows], pa.string()),
                pa.array([row["Data"] for row in rows], pa.binary()),
                pa.array([stream] * len(rows), pa.string()),
                pa.array([shard] * len(rows), pa.string()),
                pa.array([row["SequenceNumber"] for row in rows], pa.string()),
                pa.array([row["ApproximateArrivalTimestamp"] for row in rows], pa.timestamp("us", tz="UTC")),
            ],
            schema=_ARROW_SCHEMA,
        )
