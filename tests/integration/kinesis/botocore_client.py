"""Puts, reads, splits, merges and errs by botocore; prints what it saw as one JSON object.

Environment: ENDPOINT, and botocore's own AWS_* variables.
"""

import json
import os

import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError

client = botocore.session.get_session().create_client(
    "kinesis", endpoint_url=os.environ["ENDPOINT"], config=Config(retries={"total_max_attempts": 1})
)


def error_of(call, **parameters):
    try:
        call(**parameters)
    except ClientError as error:
        return [
            error.response["ResponseMetadata"]["HTTPStatusCode"],
            error.response["Error"]["Code"],
            error.response["Error"]["Message"],
        ]
    return None


def read_all(stream):
    texts = []
    for shard in client.list_shards(StreamName=stream)["Shards"]:
        iterator = client.get_shard_iterator(
            StreamName=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        page = client.get_records(ShardIterator=iterator)
        texts += [record["Data"].decode() for record in page["Records"]]
        assert all(record["ApproximateArrivalTimestamp"].tzinfo for record in page["Records"])
    return sorted(texts)


client.create_stream(StreamName="python", ShardCount=2)
client.get_waiter("stream_exists").wait(StreamName="python", WaiterConfig={"Delay": 1})
put = client.put_record(StreamName="python", Data=b"one", PartitionKey="a", ExplicitHashKey="0")
many = client.put_records(
    StreamName="python", Records=[{"Data": text.encode(), "PartitionKey": text} for text in ("two", "three", "vier ü")]
)
client.split_shard(StreamName="python", ShardToSplit="shardId-000000000000", NewStartingHashKey="1000")
client.merge_shards(
    StreamName="python", ShardToMerge="shardId-000000000002", AdjacentShardToMerge="shardId-000000000003"
)
client.put_record(StreamName="python", Data=b"five", PartitionKey="a", ExplicitHashKey="0")
print(
    json.dumps(
        {
            "shard": put["ShardId"],
            "failed": many["FailedRecordCount"],
            "texts": read_all("python"),
            "shards": [
                page_shard["ShardId"]
                for page in client.get_paginator("describe_stream").paginate(
                    StreamName="python", PaginationConfig={"PageSize": 2}
                )
                for page_shard in page["StreamDescription"]["Shards"]
            ],
            "streams": [
                name
                for page in client.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
                for name in page["StreamNames"]
            ],
            "tooLarge": error_of(
                client.put_record, StreamName="python", Data=b"x" * 1_048_577, PartitionKey="a"
            ),
            "tooMany": error_of(
                client.put_records, StreamName="python", Records=[{"Data": b"x", "PartitionKey": "a"}] * 501
            ),
            "unknown": error_of(client.describe_stream_summary, StreamName="nowhere"),
        }
    )
)
