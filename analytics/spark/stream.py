"""The stream job: three queries from Kinesis to Delta, one process. `PINLAB_CONFIG=… python analytics/spark/stream.py`

It ends with code 0 after SIGTERM, and with code 1 when a query fails: whatever started it starts it again, and each query goes
on from its checkpoint.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
from datetime import datetime, timezone
from typing import Any

from config import Config, read_config
from entities import ENTITIES
from errors import StreamJobError
from kinesis_source import KinesisDataSource
from session import close_session, open_session
from sql_files import run_prelude
from status import StatusServer
from stream_query import EntityQuery, start_all

_POLL_S = 0.5


def log(level: str, msg: str, **fields: Any) -> None:
    """One JSON line on stdout, shaped as the other services' lines are."""
    time = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    print(json.dumps({"level": level, "time": time, "service": "spark-stream", **fields, "msg": msg}), flush=True)


def told(error: object) -> str:
    """The sentence in an error: ours if it holds one, else its first line that says something."""
    text = f"{type(error).__name__}: {error}"
    ours = re.search(r"StreamJobError: (.*)", text)
    if ours:
        return ours.group(1).strip()
    text = str(error)
    raised = re.findall(r"^\w+(?:\.\w+)*(?:Error|Exception): .*$", text, re.MULTILINE)
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("===")]
    return (raised or lines or [repr(error)])[0]


class Job:
    """The session and its three queries."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._queries: list[EntityQuery] = []
        self._phase = "Spark is starting"
        self.stopping = threading.Event()

    def problem(self) -> str | None:
        """Why the job is not healthy; None once all three queries have looked into their streams."""
        if self._phase:
            return self._phase
        for running in self._queries:
            query = running.query
            if query is None or not query.isActive:
                return f"the query of {running.stream} has ended: {told(query and query.exception())}"
            if query.status["message"].startswith("Initializing"):
                return f"the query of {running.stream} is starting"
        return None

    def describe(self) -> list[dict[str, Any]]:
        """GET /queries: rates are Spark's, of its newest progress; inputRows and behindMs are the last batch's with records."""
        return [self._describe(query) for query in self._queries if query.query is not None]

    def _describe(self, running: EntityQuery) -> dict[str, Any]:
        query = running.query
        assert query is not None
        progress: Any = query.lastProgress or {}
        last = running.last_batch
        return {
            "stream": running.stream,
            "table": running.clean.uri,
            "queryId": str(query.id),
            "runId": str(query.runId),
            "appId": str(query.id),
            "isActive": query.isActive,
            "batchId": None if last is None else last.batch_id,
            "inputRows": 0 if last is None else last.rows,
            "inputRowsPerSecond": progress.get("inputRowsPerSecond") or 0,
            "processedRowsPerSecond": progress.get("processedRowsPerSecond") or 0,
            "behindMs": 0 if last is None else last.behind_ms,
            "lastBatchAt": None
            if last is None
            else datetime.fromtimestamp(last.at_ms / 1000, timezone.utc).isoformat(),
            "error": None if query.exception() is None else told(query.exception()),
        }

    def run(self) -> None:
        """Until SIGTERM. Raises when a query ends by itself."""
        spark = open_session(self._config.session())
        spark.dataSource.register(KinesisDataSource)
        run_prelude(spark)
        self._phase = "the queries are starting"
        self._queries = [EntityQuery(spark, self._config, entity) for entity in ENTITIES]
        start_all(self._queries)
        self._phase = ""
        log("info", "streaming", streams=[query.stream for query in self._queries], tables=self._config.tables_uri)
        while not self.stopping.wait(_POLL_S):
            for running in self._queries:
                query = running.query
                if query is not None and not query.isActive:
                    raise StreamJobError(f"stream {running.stream}: {told(query.exception())}")
        self._phase = "stopping"
        for running in self._queries:
            if running.query is not None:
                running.query.stop()
        close_session(spark)


def main() -> int:
    """The process's exit code."""
    try:
        config = read_config()
    except StreamJobError as error:
        log("error", str(error))
        return 1
    job = Job(config)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: job.stopping.set())
    StatusServer(config.status_port, job.problem, job.describe).start()
    try:
        job.run()
    except Exception as error:  # noqa: BLE001 whatever it is, it is told and ends the process
        if not job.stopping.is_set():
            log("error", told(error), error=type(error).__name__)
            return 1
        log("warn", f"stopped in the middle of something: {told(error)}")
        return 0
    log("info", "stopped")
    return 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)  # threads of py4j must not hold up the end
