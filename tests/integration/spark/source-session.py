"""Runs the kinesis source for the tests, one Spark session for all: a JSON line in is a query, a JSON line out its batches.

In:  {"options": {…}, "checkpoint": "file:///…"}
Out: {"batches": [[{column: value, …}, …], …]} or {"error": "…"}
"""

import json
import sys
from typing import Any

from kinesis_source import KinesisDataSource
from session import SessionSettings, open_session

spark = open_session(SessionSettings("kinesis source", "local[1]", extra={"spark.sql.extensions": ""}))
spark.dataSource.register(KinesisDataSource)


def run(query: dict[str, Any]) -> dict[str, Any]:
    batches: list[list[dict[str, Any]]] = []

    def collect(batch: Any, _: int) -> None:
        batches.append([row.asDict() for row in batch.collect()])

    try:
        reader = spark.readStream.format("kinesis").options(**query["options"])
        writer = reader.load().writeStream.foreachBatch(collect).option("checkpointLocation", query["checkpoint"])
        running = writer.trigger(availableNow=True).start()
        running.awaitTermination()
    except Exception as error:  # noqa: BLE001 the test judges it
        return {"error": str(error)}
    return {"batches": batches}


def text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes | bytearray) else str(value)


print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    print(json.dumps(run(json.loads(line)), default=text), flush=True)
