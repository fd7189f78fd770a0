import os
import random
from time import sleep

import requests
import sqlalchemy
import yaml
from sqlalchemy import text

import config

random.seed(100)


class AWSDBConnector:
    def __init__(self, creds_file="db_creds.yaml"):
        with open(creds_file) as file:
            creds = yaml.safe_load(file)
        self.HOST = creds["HOST"]
        self.USER = creds["USER"]
        self.PASSWORD = creds["PASSWORD"]
        self.DATABASE = creds["DATABASE"]
        self.PORT = creds["PORT"]

    def create_db_connector(self):
        return sqlalchemy.create_engine(
            f"mysql+pymysql://{self.USER}:{self.PASSWORD}@{self.HOST}:{self.PORT}/{self.DATABASE}?charset=utf8mb4"
        )


new_connector = AWSDBConnector()


def get_row(connection, table, random_row):
    query = text(f"SELECT * FROM {table} LIMIT {random_row}, 1")
    for row in connection.execute(query):
        result = dict(row._mapping)
    return result


def post_to_topic(topic, record):
    payload = {"records": [{"value": record}]}
    headers = {"Content-Type": "application/vnd.kafka.json.v2+json"}
    invoke_url = f"{config.INVOKE_URL}/topics/{config.USER_ID}.{topic}"
    response = requests.request("POST", invoke_url, headers=headers, json=payload)
    print(f"{topic}: {response.status_code}")


def run_post_data(number_of_posts):
    engine = new_connector.create_db_connector()
    posted = 0
    while number_of_posts == 0 or posted < number_of_posts:
        sleep(random.randrange(0, 2) * float(os.environ.get("SLEEP", "1")))
        random_row = random.randint(0, 11000)

        with engine.connect() as connection:
            pin_result = get_row(connection, "pinterest_data", random_row)
            geo_result = get_row(connection, "geolocation_data", random_row)
            user_result = get_row(connection, "user_data", random_row)

        # datetime is not JSON serialisable
        geo_result["timestamp"] = geo_result["timestamp"].isoformat()
        user_result["date_joined"] = user_result["date_joined"].isoformat()

        post_to_topic("pin", pin_result)
        post_to_topic("geo", geo_result)
        post_to_topic("user", user_result)
        posted += 1


if __name__ == "__main__":
    print("Working")
    run_post_data(int(os.environ.get("NUMBER_OF_POSTS", "0")))  # 0 = until Ctrl-C
