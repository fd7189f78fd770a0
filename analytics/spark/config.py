"""The stream job's configuration: PINLAB_CONFIG, JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from errors import StreamJobError
from session import S3Settings, SessionSettings


@dataclass(frozen=True)
class Config:
    """What the job was told, checked."""

    user_id: str
    status_port: int
    kinesis_endpoint: str | None
    kinesis_region: str
    s3: S3Settings | None
    tables_uri: str
    checkpoints_uri: str
    trigger_interval_ms: int
    max_records_per_batch: int
    driver_memory_mib: int
    jars: str | None
    master: str | None
    fail_on_data_loss: bool

    def source_options(self) -> Mapping[str, str]:
        """Options of the kinesis source but for the stream's name. Keys come from the environment."""
        options = {
            "region": self.kinesis_region,
            "initialPosition": "trim_horizon",
            "maxRecordsPerBatch": str(self.max_records_per_batch),
            "failOnDataLoss": str(self.fail_on_data_loss).lower(),
        }
        return options if self.kinesis_endpoint is None else options | {"endpointUrl": self.kinesis_endpoint}

    def session(self) -> SessionSettings:
        streaming = {
            "spark.sql.streaming.metricsEnabled": "false",
            "spark.sql.streaming.numRecentProgressUpdates": "2",
            "spark.sql.streaming.minBatchesToRetain": "20",
            # each append reads Delta's log anew: in one task, as every further one generates the same code again
            "spark.sql.files.minPartitionNum": "1",
        }
        return SessionSettings(
            app_name=f"stream {self.user_id}",
            master=self.master,
            jars=self.jars,
            driver_memory_mib=self.driver_memory_mib,
            s3=self.s3,
            extra=streaming,
        )


def read_config() -> Config:
    """Reads PINLAB_CONFIG. Raises StreamJobError that names what is wrong in it."""
    try:
        given = json.loads(os.environ["PINLAB_CONFIG"])
    except (KeyError, ValueError) as error:
        raise StreamJobError(f"PINLAB_CONFIG must hold the job's configuration as JSON: {error!r}") from error
    rest = dict(given)

    def take(name: str, kind: type, default: Any = ...) -> Any:
        value = rest.pop(name, default)
        if value is ...:
            raise StreamJobError(f"PINLAB_CONFIG: {name} is missing")
        if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
            raise StreamJobError(f"PINLAB_CONFIG: {name} must be of type {kind.__name__}, not {value!r}")
        return value

    kinesis = take("kinesis", dict)
    s3 = take("s3", dict, None)
    config = Config(
        user_id=take("userId", str),
        status_port=take("statusPort", int),
        kinesis_endpoint=kinesis.get("endpointUrl"),
        kinesis_region=kinesis.get("region", "us-east-1"),
        s3=None if s3 is None else S3Settings(s3["endpoint"], s3["region"]),
        tables_uri=take("tablesUri", str).rstrip("/"),
        checkpoints_uri=take("checkpointsUri", str).rstrip("/"),
        trigger_interval_ms=take("triggerIntervalMs", int, 1_000),
        max_records_per_batch=take("maxRecordsPerBatch", int, 10_000),
        driver_memory_mib=take("driverMemoryMiB", int, 512),
        jars=take("jars", str, None),
        master=take("master", str, "local[2]"),
        fail_on_data_loss=take("failOnDataLoss", bool, False),
    )
    if rest:
        raise StreamJobError(f"PINLAB_CONFIG: there is no {', '.join(sorted(rest))}")
    return config
