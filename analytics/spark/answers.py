"""The queries over one path's records, by Spark. `PINLAB_CONFIG=… python analytics/spark/answers.py < versions`

PINLAB_CONFIG, JSON: {"userId", "s3": {"endpoint", "region"}, "source", "queries": [...], "variants": [...], "jars", "output"}; keys
come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. `source` is {"tablesUri"}, the stream path's Delta tables, or {"bucket"}, the
batch path's objects. Standard input, JSON: {table: version}, given once it is known: Spark starts meanwhile. A Delta table that is
not named is taken as empty; for the batch path it is {}.

`output`, a path, then holds {"answers": {variant: {query: [row]}}, "counts": [row], "quarantine": [row]}: rows are objects by column,
times `YYYY-MM-DD HH:MM:SS` in UTC. It is there whole or not at all. Exit code 1: why stands on the last line of standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

import delta_records
import object_records
from session import S3Settings, SessionSettings, open_session
from sql_files import query_text, run_prelude, run_script, sql_text

# As many as DuckDB's part shows.
_MAX_QUARANTINE_ROWS = 1_000

_STREAM_HEAP_MIB = 512
_BATCH_HEAP_MIB = 1_536

# Each of some twenty plans runs once: over a lab's records making and compiling Java for it takes longer than running it.
_RUN_ONCE = {"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"}

_BATCH_SETTINGS = {
    **_RUN_ONCE,
    # many small objects a task; by default each counts as 4 MiB
    "spark.sql.files.openCostInBytes": "65536",
    "spark.sql.files.maxPartitionBytes": str(16 * 1024 * 1024),
    "spark.hadoop.fs.s3a.threads.max": "16",
}


def session_of(config: Mapping[str, Any]) -> SessionSettings:
    return SessionSettings(
        app_name=f"answers {config['userId']}",
        # an object of the batch path is a call that mostly waits
        master="local[8]" if is_batch(config) else "local[2]",
        jars=config.get("jars"),
        driver_memory_mib=_BATCH_HEAP_MIB if is_batch(config) else _STREAM_HEAP_MIB,
        s3=S3Settings(**config["s3"]),
        extra=_BATCH_SETTINGS if is_batch(config) else _RUN_ONCE,
    )


def is_batch(config: Mapping[str, Any]) -> bool:
    return "bucket" in config["source"]


def create_source_records(spark: SparkSession, config: Mapping[str, Any], versions: Mapping[str, int]) -> None:
    """Makes pin_records, geo_records and user_records of the path that the configuration names."""
    source = config["source"]
    if is_batch(config):
        object_records.create_records(spark, source["bucket"], config["userId"])
    else:
        delta_records.create_records(spark, source["tablesUri"], config["userId"], versions)


def rows_of(frame: DataFrame) -> list[dict[str, Any]]:
    """Its rows in their order, as plain values."""
    options = {"ignoreNullFields": "false", "timestampFormat": "yyyy-MM-dd HH:mm:ss"}
    texts = frame.select(F.to_json(F.struct("*"), options)).collect()
    return [json.loads(text) for (text,) in texts]


def clean(spark: SparkSession) -> None:
    """Applies rule 10 to the records and makes the views that the queries read."""
    spark.sql(sql_text("clean/superseded")).persist().createOrReplaceTempView("superseded")
    use_variant(spark, "right")


def use_variant(spark: SparkSession, variant: str) -> None:
    run_script(spark, f"variants/{variant}")
    # a view of Spark keeps the views that it was made over
    spark.sql(sql_text("age-groups")).createOrReplaceTempView("age_groups")


def answers_of(spark: SparkSession, config: Mapping[str, Any]) -> dict[str, Any]:
    counts = rows_of(spark.sql(sql_text("counts")))
    rejected = spark.sql(sql_text("quarantine")).orderBy("topic", "object_key", "offset").limit(_MAX_QUARANTINE_ROWS)
    answers: dict[str, Any] = {}
    for variant in config["variants"]:
        use_variant(spark, variant)
        answers[variant] = {query: rows_of(spark.sql(query_text(query))) for query in config["queries"]}
    return {"answers": answers, "counts": counts, "quarantine": rows_of(rejected)}


def write_whole(path: str, value: object) -> None:
    draft = Path(f"{path}.draft")
    draft.write_text(json.dumps(value))
    draft.replace(path)


def main() -> None:
    config = json.loads(os.environ["PINLAB_CONFIG"])
    spark = open_session(session_of(config))
    run_prelude(spark)
    versions = json.load(sys.stdin)
    create_source_records(spark, config, versions)
    clean(spark)
    write_whole(config["output"], answers_of(spark, config))


if __name__ == "__main__":
    main()
