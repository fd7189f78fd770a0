"""Positions in the shards of a stream: what the source's offset is made of. Pure.

An offset is `{shard id: position}`; Spark keeps it as JSON in the checkpoint. A position is
- `""`: before the shard's first record,
- `"@<ms since 1970>"`: before the first record that arrived then or later,
- a sequence number: after that record,
- `"end"`: the shard is closed and read to its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any

from kinesis_client import Shard

START = ""
END = "end"

Offset = dict[str, str]


def at_time(epoch_ms: int) -> str:
    """Before the first record that arrived at `epoch_ms` or later."""
    return f"@{epoch_ms}"


def sequence_number_of(position: str) -> str | None:
    """The record that the position stands after, if it stands after one."""
    return position if position.isdigit() else None


def iterator_arguments(position: str) -> dict[str, Any]:
    """GetShardIterator's arguments. After a record means at it: then an answer tells whether it has expired."""
    if position == START:
        return {"ShardIteratorType": "TRIM_HORIZON"}
    if position.startswith("@"):
        at = datetime.fromtimestamp(int(position[1:]) / 1000, timezone.utc)
        return {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": at}
    return {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "StartingSequenceNumber": position}


def with_new_shards(offset: Offset, shards: Iterable[Shard], position: str = START) -> Offset:
    """The offset with the shards born since at `position`, and without those that are read and no longer listed."""
    listed = {shard.id for shard in shards}
    kept = {shard: stands for shard, stands in offset.items() if stands != END or shard in listed}
    return dict(sorted(({shard: position for shard in listed} | kept).items()))


def readable_shards(offset: Offset, shards: Iterable[Shard]) -> list[str]:
    """Shards to read now: a child waits until its parents are read to their end, so order per key holds over a split or merge."""
    parents = {shard.id: shard.parents for shard in shards}
    return [
        shard
        for shard, position in offset.items()
        if position != END and all(offset.get(parent, END) == END for parent in parents.get(shard, ()))
    ]
