"""One stream's query: Kinesis to its two Delta tables, cleaned by the SQL that the batch path runs."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F
from pyspark.sql.streaming import StreamingQuery

from checkpoint import check_checkpoint
from config import Config
from entities import Entity
from sql_files import sql_text
from tables import Marks, clean_table, keys, marks, quarantine_table

# A table grows by a file a batch. Delta's own automatic compaction ran after nearly every batch, and took longer than it.
_BATCHES_PER_COMPACTION = 200


@dataclass(frozen=True)
class LastBatch:
    """The newest micro-batch that held records."""

    batch_id: int
    rows: int
    #: from the arrival of its newest record at Kinesis until its rows were in Delta
    behind_ms: int
    at_ms: int


class EntityQuery:
    """The query of one entity and what became of it."""

    def __init__(self, spark: SparkSession, config: Config, entity: Entity) -> None:
        self._spark = spark
        self._config = config
        self._entity = entity
        self.stream = entity.stream_name(config.user_id)
        self.clean = clean_table(entity, config.tables_uri, config.user_id)
        self.quarantine = quarantine_table(entity, config.tables_uri, config.user_id)
        self.query: StreamingQuery | None = None
        self.last_batch: LastBatch | None = None
        self._marks: Marks = {}

    def start(self) -> StreamingQuery:
        """Makes the tables if need be and starts reading. Raises StreamJobError for a damaged checkpoint."""
        checkpoint = f"{self._config.checkpoints_uri}/{self.stream}"
        check_checkpoint(self._spark, checkpoint, self.stream)
        existing = [table for table in (self.clean, self.quarantine) if not table.create(self._spark)]
        self._marks = marks(self._spark, existing) if existing else {}
        self.query = (
            self._cleaned()
            .writeStream.queryName(self._entity.name)
            .foreachBatch(self._write)
            .option("checkpointLocation", checkpoint)
            .trigger(processingTime=f"{self._config.trigger_interval_ms} milliseconds")
            .start()
        )
        return self.query

    def _cleaned(self) -> DataFrame:
        reader = self._spark.readStream.format("kinesis").option("streamName", self.stream)
        for name, value in self._config.source_options().items():
            reader = reader.option(name, value)
        # clean/*.sql hands its offset through unread: here it is the record's place and time
        raw = reader.load().selectExpr(
            "shardId AS object_key",
            "stream AS topic",
            "0 AS partition",
            "named_struct('sequence_number', sequenceNumber, 'arrived_at', approximateArrivalTimestamp) AS offset",
            "make_valid_utf8(CAST(data AS STRING)) AS value",
        )
        raw.createOrReplaceTempView(f"raw_{self._entity.name}")
        cleaned = self._spark.sql(sql_text(f"clean/{self._entity.name}"))
        return cleaned.selectExpr(
            "*",
            "object_key AS shard_id",
            "offset.sequence_number AS sequence_number",
            "offset.arrived_at AS arrived_at",
            "topic AS stream",
            "rejected || coalesce(': ' || likely_cause(rejected_value), '') AS reason",
        ).withColumn("value", F.col("rejected_value"))

    def _write(self, batch: DataFrame, batch_id: int) -> None:
        spark = batch.sparkSession
        # the query's id lives in its checkpoint: a reset makes a new one, and with it a new app id
        app_id = spark.sparkContext.getLocalProperty("sql.streaming.queryId")
        if app_id is None:
            raise RuntimeError("Spark does not tell the id of the query")
        rows = batch.persist()
        try:
            facts = self._facts(rows)
            if facts.known > 0:
                # read again after a reset: only what the tables miss is added
                there = keys(spark, (self.clean, self.quarantine)).where(F.col("sequence_number") >= facts.first)
                fresh = rows.join(there, ["shard_id", "sequence_number"], "left_anti").persist()
                rows.unpersist()
                rows = fresh
                facts = self._facts(rows)
            if facts.rows > facts.rejected:
                self.clean.append(rows.where("rejected IS NULL"), app_id, batch_id)
            if facts.rejected > 0:
                self.quarantine.append(rows.where("rejected IS NOT NULL"), app_id, batch_id)
        finally:
            rows.unpersist()
        if batch_id % _BATCHES_PER_COMPACTION == _BATCHES_PER_COMPACTION - 1:
            self.clean.compact(spark)
        if facts.rows > 0:
            now = time.time_ns() // 1_000_000
            self.last_batch = LastBatch(batch_id, facts.rows, max(0, now - facts.newest_ms), now)

    def _facts(self, rows: DataFrame) -> Any:
        known = F.lit(False)
        for shard, mark in self._marks.items():
            known = known | ((F.col("shard_id") == shard) & (F.col("sequence_number") <= mark))
        facts = rows.agg(
            F.count("*").alias("rows"),
            F.count("rejected").alias("rejected"),
            F.count_if(known).alias("known"),
            F.min("sequence_number").alias("first"),
            F.unix_millis(F.max("arrived_at")).alias("newest_ms"),
        )
        return facts.first()


def start_all(queries: list[EntityQuery]) -> None:
    """Starts them side by side. Raises the first error of any."""
    errors: list[Exception] = []

    def start(query: EntityQuery) -> None:
        try:
            query.start()
        except Exception as error:  # noqa: BLE001 raised again by the caller's thread
            errors.append(error)

    threads = [threading.Thread(target=start, args=(query,)) for query in queries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
