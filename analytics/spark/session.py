"""One way to a Spark session: on this machine, on a cluster, or the one that Databricks gives."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pyspark.sql import SparkSession

_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class S3Settings:
    """An S3 other than AWS's own; without one S3A finds AWS and its credentials by itself."""

    endpoint: str
    region: str


@dataclass(frozen=True)
class SessionSettings:
    """What differs from one place to another."""

    app_name: str
    #: `local[n]`, a cluster's address, or None: take the session that is there (Databricks)
    master: str | None
    #: folder of the Delta and S3A jars; None where the cluster has them
    jars: str | None = None
    #: heap of the driver's JVM
    driver_memory_mib: int = 512
    s3: S3Settings | None = None
    #: more of Spark's own settings
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_local(self) -> bool:
        return self.master is not None and self.master.startswith("local")


def open_session(settings: SessionSettings) -> SparkSession:
    """Starts Spark, or joins it. On this machine it listens on the loopback address alone and keeps its memory small.

    S3 keys come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, never from settings. Takes 4 to 15 s.
    """
    if settings.is_local:
        os.environ["SPARK_LOCAL_IP"] = _LOOPBACK
        os.environ["PYSPARK_PYTHON"] = os.environ["PYSPARK_DRIVER_PYTHON"] = sys.executable
        os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    _share_modules()
    builder = SparkSession.builder.appName(settings.app_name)
    if settings.master is not None:
        builder = builder.master(settings.master)
    conf = _everywhere() | (_local(settings) if settings.is_local else {}) | _s3(settings.s3) | dict(settings.extra)
    if settings.jars is not None:
        conf["spark.jars"] = ",".join(str(jar) for jar in sorted(Path(settings.jars).glob("*.jar")))
    for name, value in conf.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def close_session(spark: SparkSession) -> None:
    """Stops Spark and waits for the JVM that was started for it: at its end it may still write its class-data archive."""
    gateway: Any = spark.sparkContext._gateway
    spark.stop()
    gateway.shutdown()
    if gateway.proc is not None:
        gateway.proc.stdin.close()
        gateway.proc.wait()


def _share_modules() -> None:
    """Spark's Python workers import the source by name: they need this folder on their path."""
    here = str(Path(__file__).parent)
    known = os.environ.get("PYTHONPATH", "")
    if here not in known.split(os.pathsep):
        os.environ["PYTHONPATH"] = os.pathsep.join(part for part in (here, known) if part)


def _everywhere() -> dict[str, str]:
    return {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
        "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    }


def _local(settings: SessionSettings) -> dict[str, str]:
    java = (
        "-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=96m -XX:CICompilerCount=1"
        f" -Djava.net.preferIPv4Stack=true -Dlog4j2.configurationFile={Path(__file__).parent / 'log4j2.properties'}"
    )
    return {
        "spark.driver.host": _LOOPBACK,
        "spark.driver.bindAddress": _LOOPBACK,
        "spark.driver.memory": f"{settings.driver_memory_mib}m",
        "spark.driver.extraJavaOptions": java,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        # a micro-batch is small: one task does it, and one reads Delta's log
        "spark.sql.shuffle.partitions": "1",
        "spark.databricks.delta.snapshotPartitions": "1",
        "spark.sql.adaptive.enabled": "false",
        # a Python process for each of the few steps that need one, gone after it, in place of a pool that stays
        "spark.python.use.daemon": "false",
        # what Spark remembers for a page that is off
        "spark.sql.ui.retainedExecutions": "1",
        "spark.ui.retainedJobs": "1",
        "spark.ui.retainedStages": "1",
        "spark.ui.retainedTasks": "10",
        "spark.sql.streaming.ui.enabled": "false",
        "spark.sql.warehouse.dir": "file:///tmp/unused-spark-warehouse",
    }


def _s3(s3: S3Settings | None) -> dict[str, str]:
    if s3 is None:
        return {}
    return {
        "spark.hadoop.fs.s3a.endpoint": s3.endpoint,
        "spark.hadoop.fs.s3a.endpoint.region": s3.region,
        "spark.hadoop.fs.s3a.path.style.access": "true",
        "spark.hadoop.fs.s3a.connection.ssl.enabled": str(s3.endpoint.startswith("https")).lower(),
        "spark.hadoop.fs.s3a.aws.credentials.provider": "software.amazon.awssdk.auth.credentials.EnvironmentVariableCredentialsProvider",
        # fewer threads and calls: the driver alone talks to the store, and checks no versions of its own files
        "spark.hadoop.fs.s3a.threads.max": "8",
        "spark.hadoop.fs.s3a.bucket.probe": "0",
        "spark.hadoop.fs.s3a.change.detection.mode": "none",
        "spark.hadoop.fs.s3a.input.stream.type": "classic",
    }
