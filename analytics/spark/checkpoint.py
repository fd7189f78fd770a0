"""Looks at a query's checkpoint before Spark does, so that a damaged file is named and nothing is read past it."""

from __future__ import annotations

import json
from typing import Any

from pyspark.sql import SparkSession

from errors import StreamJobError

# Spark reads the newest batch and the one before it.
_FILES_READ = 2


def check_checkpoint(spark: SparkSession, uri: str, stream: str) -> None:
    """Raises StreamJobError that names the damaged file and the command that mends it."""
    log = _Log(spark, uri, stream)
    offsets, commits = log.batches("offsets"), log.batches("commits")
    for folder, batches in (("offsets", offsets), ("commits", commits)):
        for batch in batches[-_FILES_READ:]:
            log.check(f"{folder}/{batch}")
    if offsets:
        log.check("metadata")
    # a commit that is missing is none: its batch is repeated, or was over before the next one was planned
    if commits and commits[-1] not in offsets:
        raise log.damaged(f"offsets/{commits[-1]}", "it is missing, though its batch was committed")
    if len(offsets) > 1 and offsets[-2] != offsets[-1] - 1:
        raise log.damaged(f"offsets/{offsets[-1] - 1}", "it is missing, though a later batch was planned")


class _Log:
    def __init__(self, spark: SparkSession, uri: str, stream: str) -> None:
        self._jvm: Any = spark.sparkContext._jvm
        self._uri = uri
        self._stream = stream
        path = self._path("")
        self._files = path.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())

    def batches(self, folder: str) -> list[int]:
        path = self._path(folder)
        if not self._files.exists(path):
            return []
        names = [status.getPath().getName() for status in self._files.listStatus(path)]
        return sorted(int(name) for name in names if name.isdigit())

    def check(self, name: str) -> None:
        try:
            stream = self._files.open(self._path(name))
            try:
                text = bytes(self._jvm.org.apache.commons.io.IOUtils.toByteArray(stream)).decode("utf-8")
            finally:
                stream.close()
        except Exception as error:  # py4j wraps whatever Hadoop throws, a wrong checksum among it
            raise self.damaged(name, str(error).splitlines()[-1].strip()) from error
        lines = text.splitlines()
        if name != "metadata":
            if not lines or not lines[0].startswith("v"):
                raise self.damaged(name, "it does not begin with a version")
            lines = lines[1:]
        if not lines:
            raise self.damaged(name, "it is empty")
        try:
            for line in lines:
                if line != "-":  # a source without an offset
                    json.loads(line)
        except ValueError as error:
            raise self.damaged(name, f"it is no JSON: {error}") from error

    def damaged(self, name: str, why: str) -> StreamJobError:
        return StreamJobError(
            f"checkpoint file {self._uri}/{name} is damaged: {why}; nothing was read or written;"
            f" run `lab stream reset {self._stream}`: it reads again what Kinesis still holds and adds what the tables miss"
        )

    def _path(self, name: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(f"{self._uri}/{name}" if name else self._uri)
