"""The batch path's records: the lines of the objects that the S3 sink wrote, in the shape that analytics/sql works on."""

from __future__ import annotations

from typing import Any

from pyspark.errors import AnalysisException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from entities import ENTITIES
from sql_files import sql_text

# As the sink names its objects: <topic>+<partition>+<start offset>.json (Confluent S3 sink, DefaultPartitioner).
_NAME = r"\+([0-9]+)\+([0-9]{10,})[.]json$"
_BYTES_PER_PART = 64 * 1024 * 1024
_MAX_PARTS = 8
_NO_RECORDS = "SELECT '' AS object_key, '' AS topic, 0 AS partition, 0L AS offset, '' AS value LIMIT 0"


def create_records(spark: SparkSession, bucket: str, user_id: str) -> None:
    """Makes pin_records, geo_records and user_records as clean/<entity>.sql shapes them, of all partitions.

    A topic without objects gives an empty one. Objects with other names than the sink's are passed over.
    """
    lines = {entity: _lines(spark, bucket, entity.topic_name(user_id)) for entity in ENTITIES}
    parts = max(_parts(frame) for frame in lines.values())
    spark.conf.set("spark.sql.shuffle.partitions", parts)
    for entity, frame in lines.items():
        frame.createOrReplaceTempView(f"raw_{entity.name}")
        # Read once for all queries, from a store that is an HTTP call an object: in many tasks, as each mostly waits. What
        # they read is then kept in few parts: some hundred small plans go over it, and each task has its own cost.
        records = spark.sql(sql_text(f"clean/{entity.name}")).repartition(parts).persist()
        records.createOrReplaceTempView(f"{entity.name}_records")


def _parts(frame: DataFrame) -> int:
    plan: Any = frame._jdf.queryExecution().optimizedPlan()
    return min(_MAX_PARTS, 1 + int(plan.stats().sizeInBytes()) // _BYTES_PER_PART)


def _lines(spark: SparkSession, bucket: str, topic: str) -> DataFrame:
    """A row a record. A line's offset is its object's start offset and its place, as DuckDB's part takes it."""
    root = f"s3a://{bucket}/"
    try:
        # a folder, not a glob, and no schema to infer: a call an object in place of two to four; whole objects, as a line
        # knows no place of its own
        reader = spark.read.option("recursiveFileLookup", "true")
        objects = reader.text(f"{root}topics/{topic}/", wholetext=True)
    except AnalysisException as error:
        if error.getCondition() != "PATH_NOT_FOUND":
            raise
        return spark.sql(_NO_RECORDS)
    path = F.col("_metadata.file_path")
    named = objects.where(F.regexp_like(path, F.lit(_NAME)) & (F.col("value") != "")).select(
        F.substring(path, len(root) + 1, 4_096).alias("object_key"),
        F.regexp_extract(path, _NAME, 1).cast("int").alias("partition"),
        F.regexp_extract(path, _NAME, 2).cast("bigint").alias("start"),
        F.expr(
            "make_valid_utf8(CASE WHEN endswith(value, '\\n') THEN left(value, length(value) - 1) ELSE value END)"
        ).alias("text"),
    )
    return named.selectExpr(
        "object_key",
        f"'{topic}' AS topic",
        "partition",
        r"inline(transform(split(text, '\n', -1), (line, place) -> struct(start + place AS offset, line AS value)))",
    )
