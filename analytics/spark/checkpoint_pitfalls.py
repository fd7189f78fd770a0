"""Two mistakes with checkpoints, made and mended on streams and tables of their own. `python checkpoint_pitfalls.py shared|deleted`

PINLAB_CONFIG: {"kinesis": {"endpointUrl", "region"}, "streams": [...], "folder", "jars"}; keys come from the environment. Prints one
JSON object: {"wrong": {"columns", "rows"}, "mended": {"columns", "rows"}}. The streams hold records already.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.session
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming import DataStreamWriter

from kinesis_source import KinesisDataSource
from session import SessionSettings, open_session

_NEW_RECORDS = 5


class Site:
    """A Spark session, the streams, and a folder to write to."""

    def __init__(self, config: dict[str, Any]) -> None:
        self.streams: list[str] = config["streams"]
        self.folder = Path(config["folder"])
        self._kinesis: dict[str, str] = config["kinesis"]
        self.spark: SparkSession = open_session(SessionSettings("pitfall", "local[2]", jars=config["jars"]))
        self.spark.dataSource.register(KinesisDataSource)

    def reader(self, stream: str) -> DataFrame:
        options = {**self._kinesis, "streamName": stream, "initialPosition": "trim_horizon"}
        return self.spark.readStream.format("kinesis").options(**options).load()

    def put(self, stream: str, count: int) -> None:
        session = botocore.session.get_session()
        endpoint, region = self._kinesis["endpointUrl"], self._kinesis["region"]
        client = session.create_client("kinesis", endpoint_url=endpoint, region_name=region)
        records = [{"Data": json.dumps({"index": n}).encode(), "PartitionKey": str(n)} for n in range(count)]
        client.put_records(StreamName=stream, Records=records)

    def rows(self, table: Path) -> list[int]:
        """Rows of a table, and how many different records they are."""
        if not (table / "_delta_log").exists():
            return [0, 0]
        read = self.spark.read.format("delta").load(str(table))
        return [read.count(), read.select("shardId", "sequenceNumber").distinct().count()]


def run(writer: DataStreamWriter, checkpoint: Path) -> str | None:
    """Reads what is there, then ends. The error in a line, if there was one."""
    try:
        writer.option("checkpointLocation", str(checkpoint)).trigger(availableNow=True).start().awaitTermination()
    except Exception as error:  # noqa: BLE001 it is what the demonstration shows
        lines = [line.strip() for line in str(error).splitlines() if "Error" in line or "Exception" in line]
        return (lines or [str(error)])[-1][:160]
    return None


def shared(site: Site) -> dict[str, Any]:
    """One checkpoint for three streams, then one each."""

    def attempt(name: str, checkpoint_of: Callable[[str], Path]) -> dict[str, Any]:
        rows = []
        for stream in site.streams:
            table = site.folder / name / stream
            error = run(
                site.reader(stream).writeStream.format("delta").option("path", str(table)), checkpoint_of(stream)
            )
            rows.append([stream, site.rows(table)[0], error or ""])
        return {"columns": ["stream", "rows in its table", "error"], "rows": rows}

    return {
        "wrong": attempt("wrong", lambda _: site.folder / "checkpoint"),
        "mended": attempt("mended", lambda stream: site.folder / "checkpoints" / stream),
    }


def deleted(site: Site) -> dict[str, Any]:
    """A checkpoint is deleted and records come: by a plain append, by a transactional one, and by one that looks what is there."""
    [stream] = site.streams

    def plain(table: Path) -> Callable[[], DataStreamWriter]:
        return lambda: site.reader(stream).writeStream.format("delta").option("path", str(table))

    def transactional(table: Path) -> Callable[[], DataStreamWriter]:
        def write(batch: DataFrame, batch_id: int) -> None:
            writer = batch.write.format("delta").mode("append").option("txnAppId", "my-stream")
            writer.option("txnVersion", batch_id).save(str(table))

        return lambda: site.reader(stream).writeStream.foreachBatch(write)

    def careful(table: Path) -> Callable[[], DataStreamWriter]:
        def make() -> DataStreamWriter:
            app_id = str(uuid.uuid4())

            def write(batch: DataFrame, batch_id: int) -> None:
                if (table / "_delta_log").exists():
                    there = site.spark.read.format("delta").load(str(table)).select("shardId", "sequenceNumber")
                    batch = batch.join(there, ["shardId", "sequenceNumber"], "left_anti")
                writer = batch.write.format("delta").mode("append").option("txnAppId", app_id)
                writer.option("txnVersion", batch_id).save(str(table))

            return site.reader(stream).writeStream.foreachBatch(write)

        return make

    ways = {
        "plain append": plain,
        "the same txnAppId": transactional,
        "a new txnAppId, and only what the table misses": careful,
    }
    makers = {name: way(site.folder / str(at)) for at, (name, way) in enumerate(ways.items())}
    checkpoints = {name: site.folder / f"checkpoint-{at}" for at, name in enumerate(ways)}
    for name, make in makers.items():
        run(make(), checkpoints[name])
        shutil.rmtree(checkpoints[name])
    before = site.rows(site.folder / "0")[0]
    site.put(stream, _NEW_RECORDS)
    table = []
    for at, (name, make) in enumerate(makers.items()):
        run(make(), checkpoints[name])
        table.append([name, before + _NEW_RECORDS, *site.rows(site.folder / str(at))])
    columns = ["after the checkpoint was deleted", "records in Kinesis", "rows in the table", "different records"]
    return {"wrong": {"columns": columns, "rows": table[:2]}, "mended": {"columns": columns, "rows": table[2:]}}


def main() -> None:
    """Prints the demonstration named by the first argument."""
    demonstrate = {"shared": shared, "deleted": deleted}[sys.argv[1]]
    print(json.dumps(demonstrate(Site(json.loads(os.environ["PINLAB_CONFIG"])))))


if __name__ == "__main__":
    main()
