"""Reads one shard forward, with as few calls as there can be."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from errors import StreamJobError
from kinesis_client import ExpiredIterator, KinesisClient
from kinesis_options import KinesisOptions
from shard_positions import END, iterator_arguments, sequence_number_of

Record = dict[str, Any]


@dataclass
class Fetch:
    """Records of one call, in order, and the position after them."""

    records: list[Record]
    position: str
    #: nothing more for now: the tip of an open shard, or the end of a closed one
    at_tip: bool


class ShardReader:
    """Keeps the iterator between calls: while the shard is idle a look into it is one GetRecords call."""

    def __init__(self, client: KinesisClient, options: KinesisOptions, shard: str, position: str) -> None:
        self._client = client
        self._options = options
        self.shard = shard
        self.position = position
        self._iterator: str | None = None
        self._next_fetch_at = 0.0
        #: the record at the position is still to be passed, as the iterator stands at it
        self._passing: str | None = None

    def fetch(self, limit: int) -> Fetch:
        """At most `limit` records after the position.

        Raises StreamJobError when records after the position may have expired unread, unless failOnDataLoss is false.
        """
        if self.position == END:
            return Fetch([], END, at_tip=True)
        pause_s = self._next_fetch_at - time.monotonic()
        if pause_s > 0:
            time.sleep(pause_s)
        if self._iterator is None:
            self._open()
        limit = min(limit + (1 if self._passing else 0), self._options.max_records_per_fetch)
        try:
            fetched = self._client.records(self._iterator or "", limit)
        except ExpiredIterator:
            self._open()
            fetched = self._client.records(self._iterator or "", limit)
        self._next_fetch_at = time.monotonic() + self._options.min_fetch_period_ms / 1000
        records = self._without_passed(fetched.records)
        self._iterator = fetched.next_iterator
        if records:
            self.position = records[-1]["SequenceNumber"]
        if fetched.next_iterator is None:
            self.position = END
        return Fetch(records, self.position, at_tip=self.position == END or fetched.millis_behind == 0)

    def _open(self) -> None:
        self._iterator = self._client.iterator(self.shard, **iterator_arguments(self.position))
        self._passing = sequence_number_of(self.position)

    def _without_passed(self, records: list[Record]) -> list[Record]:
        if self._passing is None or not records:
            return records
        passed, self._passing = self._passing, None
        if records[0]["SequenceNumber"] == passed:
            return records[1:]
        first: datetime = records[0]["ApproximateArrivalTimestamp"]
        _tell_loss(
            self._options,
            f"records of stream {self._options.stream} may have expired unread: the checkpoint stands at"
            f" {self.shard} {passed}, and the oldest record there is of {first:%Y-%m-%d %H:%M:%S %Z}",
            "reset the checkpoint to go on from the oldest record, or set failOnDataLoss to false",
        )
        return records


def read_range(client: KinesisClient, options: KinesisOptions, shard: str, start: str, end: str) -> Iterator[Record]:
    """Exactly the records after `start` up to `end`: the same ones however often it is asked.

    Raises StreamJobError when the end is no longer there, unless failOnDataLoss is false.
    """
    last = sequence_number_of(end)
    if start == end or (last is None and end != END):
        return
    reader = ShardReader(client, options, shard, start)
    while True:
        fetch = reader.fetch(options.max_records_per_fetch)
        for record in fetch.records:
            if last is not None and int(record["SequenceNumber"]) > int(last):
                return _gone(options, shard, end)
            yield record
            if record["SequenceNumber"] == last:
                return
        if fetch.position == END and end == END:
            return
        if fetch.position == END or (fetch.at_tip and not fetch.records):
            return _gone(options, shard, end)


def _gone(options: KinesisOptions, shard: str, end: str) -> None:
    _tell_loss(
        options,
        f"a micro-batch cannot be repeated: record {end} of {shard}, stream {options.stream}, is gone;"
        " it expired, or the stream was deleted and made again",
        "reset the checkpoint",
    )


def _tell_loss(options: KinesisOptions, what: str, fix: str) -> None:
    """Ends the query, or with failOnDataLoss false says it on standard error and lets it go on with the records there are."""
    if options.fail_on_data_loss:
        raise StreamJobError(f"{what}: {fix}")
    print(f"warning: {what}; going on with what is there", file=sys.stderr, flush=True)
