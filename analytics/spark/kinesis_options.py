"""Options of the `kinesis` source, by the names that Databricks' Kinesis connector uses."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timezone

from errors import StreamJobError

TRIM_HORIZON = "trim_horizon"
LATEST = "latest"

# GetRecords' own bounds: Kinesis Data Streams API reference.
MAX_RECORDS_PER_FETCH = 10_000

# Options of Databricks' connector that this source knows and does not have: each is refused with its reason.
_UNSUPPORTED = {
    "roleArn": "it takes keys only; assume the role first and pass its keys in the environment",
    "roleExternalId": "it takes keys only",
    "roleSessionName": "it takes keys only",
    "stsEndpoint": "it takes keys only",
    "serviceCredential": "it takes keys only",
    "consumerMode": "it polls; enhanced fan-out is not supported",
    "consumerNamePrefix": "it polls; enhanced fan-out is not supported",
    "maxFetchDuration": "it fetches when a micro-batch is planned, not in the background",
    "fetchBufferSize": "it fetches when a micro-batch is planned, not in the background",
    "shardsPerTask": "it reads all shards of a stream in one task",
    "shardFetchInterval": "it asks for shards when one of them ends, so no interval is needed",
    "maxFetchRate": "it waits as long as Kinesis throttles; bound a micro-batch by maxRecordsPerBatch",
}


@dataclass(frozen=True)
class KinesisOptions:
    """What a reader was asked for, checked."""

    stream: str
    region: str
    endpoint_url: str | None
    access_key: str | None
    secret_key: str | None
    #: `trim_horizon`, `latest`, or a time in ms since 1970
    initial_position: str | int
    #: records of one GetRecords call
    max_records_per_fetch: int
    #: records of one micro-batch over all shards; 0: no bound
    max_records_per_batch: int
    #: least time between two GetRecords calls of one shard
    min_fetch_period_ms: int
    #: stop when records may have expired unread
    fail_on_data_loss: bool
    #: how long a call that fails for a passing reason is repeated
    retry_timeout_ms: int


def parse_options(options: Mapping[str, str]) -> KinesisOptions:
    """Reads the options of `spark.readStream.format("kinesis")`; names are not case-sensitive, as in Spark.

    Raises StreamJobError with the option's name for one that is unknown, unsupported, missing or out of bounds.
    """
    rest = {name.lower(): value for name, value in options.items() if name.lower() != "path"}

    def take(name: str, default: str | None = None) -> str | None:
        return rest.pop(name.lower(), default)

    def whole(name: str, default: int, least: int, most: int) -> int:
        text = take(name, str(default)) or ""
        text = text.removesuffix("ms") if name.endswith("Period") else text
        if not text.strip().isdigit() or not least <= int(text) <= most:
            raise StreamJobError(f"option {name} must be a whole number from {least} to {most}, not {text!r}")
        return int(text)

    stream = take("streamName")
    if not stream:
        raise StreamJobError("option streamName is missing: the name of the Kinesis stream to read")
    if "," in stream:
        raise StreamJobError(
            "option streamName takes one stream: start one query for each, with a checkpoint of its own"
        )
    parsed = KinesisOptions(
        stream=stream,
        region=take("region") or "us-east-1",
        endpoint_url=take("endpointUrl"),
        access_key=take("awsAccessKey"),
        secret_key=take("awsSecretKey"),
        initial_position=_initial_position(take("initialPosition") or LATEST),
        max_records_per_fetch=whole("maxRecordsPerFetch", MAX_RECORDS_PER_FETCH, 1, MAX_RECORDS_PER_FETCH),
        max_records_per_batch=whole("maxRecordsPerBatch", 0, 0, 10_000_000),
        min_fetch_period_ms=whole("minFetchPeriod", 200, 0, 60_000),
        fail_on_data_loss=_flag("failOnDataLoss", take("failOnDataLoss", "true")),
        retry_timeout_ms=whole("retryTimeoutMs", 60_000, 0, 3_600_000),
    )
    if (parsed.access_key is None) != (parsed.secret_key is None):
        raise StreamJobError("options awsAccessKey and awsSecretKey go together: one of them is missing")
    for name in rest:
        # Spark hands names over in lower case
        spelled = next((known for known in _UNSUPPORTED if known.lower() == name), name)
        reason = _UNSUPPORTED.get(spelled, "there is no such option")
        raise StreamJobError(f"option {spelled} is refused by the kinesis source: {reason}")
    return parsed


def _flag(name: str, text: str | None) -> bool:
    if text is None or text.lower() not in ("true", "false"):
        raise StreamJobError(f"option {name} must be true or false, not {text!r}")
    return text.lower() == "true"


def _initial_position(text: str) -> str | int:
    if text.lower() in (TRIM_HORIZON, "earliest"):
        return TRIM_HORIZON
    if text.lower() == LATEST:
        return LATEST
    try:
        parsed = json.loads(text)
        return _epoch_ms(str(parsed["at_timestamp"]), parsed.get("format"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise StreamJobError(
            f"option initialPosition must be latest, trim_horizon, earliest or"
            f' {{"at_timestamp": "2026-01-31T12:00:00Z"}}, not {text!r} ({error})'
        ) from error


def _epoch_ms(text: str, java_format: str | None) -> int:
    if java_format is not None:
        raise ValueError("format is not supported: write the time as ISO 8601")
    at = datetime.fromisoformat(re.sub(r"[zZ]$", "+00:00", text))  # which Python 3.10 does not read itself
    return int((at if at.tzinfo else at.replace(tzinfo=timezone.utc)).timestamp() * 1000)
