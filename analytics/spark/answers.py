"""The queries over the stream path's Delta tables, by Spark. `PINLAB_CONFIG=… python analytics/spark/answers.py < versions`

PINLAB_CONFIG, JSON: {"userId", "s3": {"endpoint", "region"}, "tablesUri", "queries": [...], "variants": [...], "jars", "output"}; keys
come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Standard input, JSON: {table: version}, given once it is known: Spark starts
meanwhile. A table that is not named is taken as empty.

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

from delta_records import create_records
from session import S3Settings, SessionSettings, open_session
from sql_files import query_text, run_prelude, run_script, sql_text

# As many as DuckDB's part shows.
_MAX_QUARANTINE_ROWS = 1_000


def session_of(config: Mapping[str, Any]) -> SessionSettings:
    return SessionSettings(
        app_name=f"answers {config['userId']}",
        master="local[2]",
        jars=config.get("jars"),
        s3=S3Settings(**config["s3"]),
        # each of some twenty plans runs once: making and compiling Java for it takes longer than running it
        extra={"spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN"},
    )


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
    create_records(spark, config["tablesUri"], config["userId"], versions)
    clean(spark)
    write_whole(config["output"], answers_of(spark, config))


if __name__ == "__main__":
    main()
