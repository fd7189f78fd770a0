# Databricks notebook source
# MAGIC %md
# MAGIC # Mount the bucket and clean the three tables

# COMMAND ----------

from pyspark.sql.functions import array, col, concat_ws, regexp_replace, to_timestamp, when

USER_ID = "<your user id>"
BUCKET = f"user-{USER_ID}-bucket"
MOUNT_NAME = "/mnt/pinterest"

# COMMAND ----------

if not any(mount.mountPoint == MOUNT_NAME for mount in dbutils.fs.mounts()):
    dbutils.fs.mount(f"s3n://{BUCKET}", MOUNT_NAME)

display(dbutils.fs.ls(f"{MOUNT_NAME}/topics/"))

# COMMAND ----------


def read_topic(name):
    return (
        spark.read.format("json")
        .option("inferSchema", "true")
        .load(f"{MOUNT_NAME}/topics/{USER_ID}.{name}/partition=*/*.json")
    )


df_pin = read_topic("pin").dropDuplicates()
df_geo = read_topic("geo").dropDuplicates()
df_user = read_topic("user").dropDuplicates()

# COMMAND ----------

no_data = {
    "description": ["No description available", "No description available Story format", "Untitled"],
    "follower_count": ["User Info Error"],
    "image_src": ["Image src error."],
    "poster_name": ["User Info Error"],
    "tag_list": ["N,o, ,T,a,g,s, ,A,v,a,i,l,a,b,l,e"],
    "title": ["No Title Data Available"],
}
for column, texts in no_data.items():
    df_pin = df_pin.withColumn(column, when(col(column).isin(texts), None).otherwise(col(column)))

followers = regexp_replace(regexp_replace("follower_count", "k", "000"), "M", "000000")
df_pin = (
    df_pin.withColumn("follower_count", followers.cast("int"))
    .withColumn("save_location", regexp_replace("save_location", "Local save in ", ""))
    .withColumnRenamed("index", "ind")
    .select(
        "ind",
        "unique_id",
        "title",
        "description",
        "follower_count",
        "poster_name",
        "tag_list",
        "is_image_or_video",
        "image_src",
        "save_location",
        "category",
    )
)

# COMMAND ----------

df_geo = (
    df_geo.withColumn("coordinates", array("latitude", "longitude"))
    .withColumn("timestamp", to_timestamp("timestamp"))
    .select("ind", "country", "coordinates", "timestamp")
)
df_user = (
    df_user.withColumn("user_name", concat_ws(" ", "first_name", "last_name"))
    .withColumn("date_joined", to_timestamp("date_joined"))
    .select("ind", "user_name", "age", "date_joined")
)

# COMMAND ----------

df_pin.createOrReplaceGlobalTempView("pin")
df_geo.createOrReplaceGlobalTempView("geo")
df_user.createOrReplaceGlobalTempView("user")
display(df_pin.limit(5))
