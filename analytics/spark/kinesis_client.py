"""Calls to Kinesis Data Streams, repeated while they fail for a passing reason. The one file that names the client library."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, ParamValidationError

from errors import StreamJobError
from kinesis_options import KinesisOptions

# Error codes that pass by themselves.
_PASSING = {
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "KMSThrottlingException",
    "ThrottlingException",
    "InternalFailure",
    "InternalServerError",
    "ServiceUnavailable",
}


@dataclass(frozen=True)
class Shard:
    """A shard as ListShards tells it."""

    id: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Fetched:
    """What one GetRecords call gave."""

    records: list[dict[str, Any]]
    #: None at the end of a closed shard
    next_iterator: str | None
    millis_behind: int


class ExpiredIterator(Exception):
    """A shard iterator is older than 5 minutes: take a new one."""


class KinesisClient:
    """One stream of one account."""

    def __init__(self, options: KinesisOptions) -> None:
        self._stream = options.stream
        self._where = options.endpoint_url or f"Kinesis in {options.region}"
        self._retry_timeout_s = options.retry_timeout_ms / 1000
        self._client = botocore.session.get_session().create_client(
            "kinesis",
            region_name=options.region,
            endpoint_url=options.endpoint_url,
            aws_access_key_id=options.access_key,
            aws_secret_access_key=options.secret_key,
            # retried here, so that the time they may take is bound
            config=Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30),
        )

    def shards(self) -> list[Shard]:
        """Every shard that the stream still knows, closed ones too."""
        found: list[Shard] = []
        request: dict[str, Any] = {"StreamName": self._stream}
        while True:
            page = self._call(self._client.list_shards, **request)
            for shard in page["Shards"]:
                parents = (shard.get("ParentShardId"), shard.get("AdjacentParentShardId"))
                found.append(Shard(shard["ShardId"], tuple(parent for parent in parents if parent)))
            if not page.get("NextToken"):
                return found
            request = {"NextToken": page["NextToken"]}

    def iterator(self, shard: str, **position: Any) -> str:
        """An iterator of GetShardIterator's arguments `ShardIteratorType` and what belongs to it."""
        answer = self._call(self._client.get_shard_iterator, StreamName=self._stream, ShardId=shard, **position)
        return str(answer["ShardIterator"])

    def records(self, iterator: str, limit: int) -> Fetched:
        """At most `limit` records. Raises ExpiredIterator."""
        answer = self._call(self._client.get_records, ShardIterator=iterator, Limit=limit)
        return Fetched(answer["Records"], answer.get("NextShardIterator"), answer.get("MillisBehindLatest") or 0)

    def _call(self, operation: Callable[..., dict[str, Any]], **request: Any) -> dict[str, Any]:
        end = time.monotonic() + self._retry_timeout_s
        pause_s = 0.2  # a shard gives 5 GetRecords a second
        while True:
            try:
                return operation(**request)
            except (ClientError, BotoCoreError) as error:
                if not _passes(error) or time.monotonic() + pause_s > end:
                    raise self._told(error) from error
            time.sleep(pause_s * random.uniform(0.75, 1.25))
            pause_s = min(pause_s * 1.5, 2)

    def _told(self, error: ClientError | BotoCoreError) -> Exception:
        if not isinstance(error, ClientError):
            waited = f" for {self._retry_timeout_s:.0f} s" if _passes(error) else ""
            return StreamJobError(f"{self._where} did not answer{waited} on stream {self._stream}: {error}")
        code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
        if code == "ExpiredIteratorException":
            return ExpiredIterator(message)
        if code == "ResourceNotFoundException":
            return StreamJobError(
                f"stream {self._stream} is not there: it was deleted, or never created ({message});"
                " create it, and reset its checkpoint if it was there before"
            )
        if code == "InvalidArgumentException" and "SequenceNumber" in message:
            return StreamJobError(
                f"the checkpoint's sequence number is none of stream {self._stream}:"
                " the checkpoint is another stream's, or the stream was deleted and made again"
                f" ({message}); reset the checkpoint"
            )
        return StreamJobError(f"{self._where} refused a call on stream {self._stream}: {code}: {message}")


def _passes(error: ClientError | BotoCoreError) -> bool:
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error.response["Error"].get("Code") in _PASSING or status >= 500
    return not isinstance(error, (NoCredentialsError, ParamValidationError))
