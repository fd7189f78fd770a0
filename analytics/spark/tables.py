"""The two Delta tables of an entity: its clean rows and its quarantine. Append only, each record once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from entities import Entity

_PLACE = ("shard_id STRING", "sequence_number STRING", "arrived_at TIMESTAMP")

# A week of history; Delta's own checkpoints less often than every 10 commits; statistics of what is searched by, not of the long
# texts.
_PROPERTIES = {
    "delta.checkpointInterval": "50",
    "delta.logRetentionDuration": "interval 7 days",
    "delta.dataSkippingStatsColumns": "shard_id,sequence_number,arrived_at",
}

# Largest sequence number of each shard that a table holds.
Marks = dict[str, str]


@dataclass(frozen=True)
class Table:
    """A Delta table at a URI."""

    uri: str
    columns: tuple[str, ...]

    @property
    def column_names(self) -> list[str]:
        return [column.split(" ", 1)[0] for column in self.columns]

    def create(self, spark: SparkSession) -> bool:
        """Makes it so that readers find it before the first record. False: it was there."""
        log: Any = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(f"{self.uri}/_delta_log")  # type: ignore[union-attr]
        if log.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).exists(log):
            return False
        columns = ", ".join(f"`{name}` {rest}" for name, rest in (column.split(" ", 1) for column in self.columns))
        properties = ", ".join(f"'{name}' = '{value}'" for name, value in _PROPERTIES.items())
        spark.sql(f"CREATE TABLE IF NOT EXISTS delta.`{self.uri}` ({columns}) USING delta TBLPROPERTIES ({properties})")
        return True

    def read(self, spark: SparkSession) -> DataFrame:
        return spark.read.format("delta").load(self.uri)

    def append(self, rows: DataFrame, app_id: str, version: int) -> None:
        """Appends once: Delta leaves out a version of `app_id` that it has, so a repeated micro-batch changes nothing."""
        writer = rows.select(self.column_names).write.format("delta").mode("append")
        writer.option("txnAppId", app_id).option("txnVersion", version).save(self.uri)

    def compact(self, spark: SparkSession) -> None:
        """Joins the small files that micro-batches leave. Readers see the same rows."""
        spark.sql(f"OPTIMIZE delta.`{self.uri}`")


def clean_table(entity: Entity, tables_uri: str, user_id: str) -> Table:
    nulled = tuple(f"{column} BOOLEAN" for column in entity.nulled)
    columns = entity.columns + _PLACE + ("fingerprint BIGINT",) + nulled
    return Table(f"{tables_uri}/{entity.clean_table(user_id)}", columns)


def quarantine_table(entity: Entity, tables_uri: str, user_id: str) -> Table:
    columns = _PLACE + ("stream STRING", "reason STRING", "value STRING")
    return Table(f"{tables_uri}/{entity.quarantine_table(user_id)}", columns)


def keys(spark: SparkSession, tables: Sequence[Table]) -> DataFrame:
    """(shard_id, sequence_number) of every record in any of the tables."""
    first, *others = [table.read(spark).select("shard_id", "sequence_number") for table in tables]
    for other in others:
        first = first.unionAll(other)
    return first


def marks(spark: SparkSession, tables: Sequence[Table]) -> Marks:
    """How far each shard's records are in the tables. Sequence numbers are of one length, so text order is their order."""
    rows = keys(spark, tables).groupBy("shard_id").agg(F.max("sequence_number")).collect()
    return {row[0]: row[1] for row in rows}
