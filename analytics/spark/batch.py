"""The batch path by Spark: S3's objects to clean Delta tables and the eight answers. `PINLAB_CONFIG=… python analytics/spark/batch.py`

PINLAB_CONFIG as answers.py has it for the batch path, and "outputUri": the folder that gets

- `<user id>_<entity>_clean`: Delta, the clean rows after rule 10, a version a run;
- `answers/<query>.json` (an array of row objects) and `answers/<query>.parquet`, of the right variant. Each is put as one object, so
  it is there whole or as the last run left it.

Leaves global temp views pin, geo and users in its session. Standard output: a line a step, `name: 1.2 s`.
"""

from __future__ import annotations

import io
import json
import os
import time
from collections.abc import Mapping
from typing import Any

import pyarrow
import pyarrow.parquet as parquet
from pyspark.sql import SparkSession
from pyspark.sql.pandas.types import to_arrow_schema

from answers import answers_of, clean, create_source_records, session_of, use_variant, write_whole
from entities import ENTITIES
from session import open_session
from sql_files import query_text, run_prelude

_VIEWS = {"pin": "pin", "geo": "geo", "user": "users"}


class Steps:
    """Says how long each step took."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def done(self, step: str) -> None:
        now = time.monotonic()
        print(f"{step}: {now - self._since:.1f} s", flush=True)
        self._since = now


def write_tables(spark: SparkSession, output_uri: str, user_id: str) -> None:
    use_variant(spark, "right")
    for entity in ENTITIES:
        rows = spark.table(_VIEWS[entity.name])
        rows.createOrReplaceGlobalTempView(_VIEWS[entity.name])
        writer = rows.write.format("delta").mode("overwrite").option("overwriteSchema", "true")
        writer.save(f"{output_uri}/{user_id}_{entity.name}_clean")


def write_answers(spark: SparkSession, output_uri: str, answers: Mapping[str, list[dict[str, Any]]]) -> None:
    for query, rows in answers.items():
        _put(spark, f"{output_uri}/answers/{query}.json", json.dumps(rows, ensure_ascii=False).encode())
        file = io.BytesIO()
        # the query is only planned here, for its columns' types: it has been answered
        schema = to_arrow_schema(spark.sql(query_text(query)).schema)
        parquet.write_table(pyarrow.Table.from_pylist(rows, schema=schema), file)
        _put(spark, f"{output_uri}/answers/{query}.parquet", file.getvalue())


def _put(spark: SparkSession, uri: str, content: bytes) -> None:
    path: Any = spark.sparkContext._jvm.org.apache.hadoop.fs.Path(uri)  # type: ignore[union-attr]
    stream = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration()).create(path, True)
    stream.write(bytearray(content))
    stream.close()  # an object of S3 appears here, whole


def main() -> None:
    config = json.loads(os.environ["PINLAB_CONFIG"])
    steps = Steps()
    spark = open_session(session_of(config))
    run_prelude(spark)
    steps.done("start Spark")
    create_source_records(spark, config, {})
    clean(spark)
    answers = answers_of(spark, config)
    steps.done("read, clean and answer")
    write_tables(spark, config["outputUri"], config["userId"])
    steps.done("write the clean tables")
    write_answers(spark, config["outputUri"], answers["answers"]["right"])
    steps.done("write the answers")
    write_whole(config["output"], answers)


if __name__ == "__main__":
    main()
