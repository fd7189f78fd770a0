"""The SQL of analytics/sql, which DuckDB runs too: one text of each step."""

from __future__ import annotations

from pathlib import Path

from pyspark.sql import SparkSession

_FOLDER = Path(__file__).parent.parent / "sql"

_QUERY_FILES = {
    "4": "04-popular-category-per-country",
    "5": "05-popular-category-per-year",
    "6a": "06a-most-followed-user-per-country",
    "6b": "06b-country-of-the-most-followed-user",
    "7": "07-popular-category-per-age-group",
    "8": "08-median-followers-per-age-group",
    "9": "09-users-joined-per-year",
    "10": "10-median-followers-per-joining-year",
    "11": "11-median-followers-per-age-group-and-joining-year",
}


def sql_text(name: str) -> str:
    """The one SELECT of a file, named without its ending: `counts`, `clean/superseded`."""
    return (_FOLDER / f"{name}.sql").read_text()


def query_text(query: str) -> str:
    return sql_text(f"queries/{_QUERY_FILES[query]}")


def run_prelude(spark: SparkSession) -> None:
    """Makes the helpers that the other files call, in this session."""
    run_script(spark, "prelude.spark")


def run_script(spark: SparkSession, name: str) -> None:
    """Runs a file of several statements. A semicolon only ends a statement there."""
    script = sql_text(name)
    text = "\n".join(line for line in script.splitlines() if not line.lstrip().startswith("--"))
    for statement in text.split(";\n"):
        if statement.strip():
            spark.sql(statement.strip().removesuffix(";"))
