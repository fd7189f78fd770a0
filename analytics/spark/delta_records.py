"""What the stream job's Delta tables hold, in the shape that analytics/sql works on."""

from __future__ import annotations

from collections.abc import Mapping

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from entities import ENTITIES, Entity
from tables import Table, clean_table, quarantine_table

# Where a record stood: the shard stands for the object, the sequence number for the offset.
_PLACE = ("shard_id AS object_key", "0 AS partition", "sequence_number AS offset", "arrived_at")


def create_records(spark: SparkSession, tables_uri: str, user_id: str, versions: Mapping[str, int]) -> None:
    """Makes pin_records, geo_records and user_records as clean/<entity>.sql shapes them, `arrived_at` beside.

    A table that `versions` does not name is taken as empty.
    """
    for entity in ENTITIES:
        clean = _read(spark, clean_table(entity, tables_uri, user_id), versions)
        quarantine = _read(spark, quarantine_table(entity, tables_uri, user_id), versions)
        # read once for all queries, from a store that is an HTTP call a file
        records = _clean(clean, entity, user_id).unionByName(_rejected(quarantine), allowMissingColumns=True).persist()
        records.createOrReplaceTempView(f"{entity.name}_records")


def _read(spark: SparkSession, table: Table, versions: Mapping[str, int]) -> DataFrame:
    version = versions.get(table.uri.rsplit("/", 1)[-1])
    if version is None:
        return spark.createDataFrame([], ", ".join(table.columns))
    return spark.read.format("delta").option("versionAsOf", version).load(table.uri)


def _clean(table: DataFrame, entity: Entity, user_id: str) -> DataFrame:
    own = [column.split(" ", 1)[0] for column in entity.columns] + ["fingerprint", *entity.nulled]
    topic = F.lit(entity.stream_name(user_id)).alias("topic")
    return table.select(*(F.expr(column) for column in _PLACE), topic, *own)


def _rejected(table: DataFrame) -> DataFrame:
    return table.selectExpr(*_PLACE, "stream AS topic", "reason AS rejected", "value AS rejected_value")
