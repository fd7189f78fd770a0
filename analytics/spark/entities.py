"""Names and columns of the three entities; the contract's, in Python."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entity:
    """`pin`, `geo` or `user`."""

    name: str
    #: clean columns in the contract's order (PIPELINE_FACTS section 4), as DDL
    columns: tuple[str, ...]
    #: flags of values that were there and unusable
    nulled: tuple[str, ...]

    def topic_name(self, user_id: str) -> str:
        return f"{user_id}.{self.name}"

    def stream_name(self, user_id: str) -> str:
        return f"streaming-{user_id}-{self.name}"

    def clean_table(self, user_id: str) -> str:
        return f"{user_id}_{self.name}_table"

    def quarantine_table(self, user_id: str) -> str:
        return f"{user_id}_{self.name}_quarantine"


ENTITIES = (
    Entity(
        "pin",
        (
            "ind INT",
            "unique_id STRING",
            "title STRING",
            "description STRING",
            "follower_count INT",
            "poster_name STRING",
            "tag_list STRING",
            "is_image_or_video STRING",
            "image_src STRING",
            "save_location STRING",
            "category STRING",
        ),
        ("follower_count_nulled",),
    ),
    Entity(
        "geo",
        ("ind INT", "country STRING", "coordinates ARRAY<DOUBLE>", "timestamp TIMESTAMP"),
        ("coordinates_nulled", "timestamp_nulled"),
    ),
    Entity(
        "user",
        ("ind INT", "user_name STRING", "age INT", "date_joined TIMESTAMP"),
        ("age_nulled", "date_joined_nulled"),
    ),
)
