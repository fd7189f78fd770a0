-- The course's three source tables (PIPELINE_FACTS section 1). A gap is a marker text, so no column takes NULL.
CREATE TABLE pinterest_data (
  `index`           INT          NOT NULL,
  unique_id         VARCHAR(255) NOT NULL,
  title             TEXT         NOT NULL,
  description       TEXT         NOT NULL,
  poster_name       TEXT         NOT NULL,
  follower_count    TEXT         NOT NULL,
  tag_list          TEXT         NOT NULL,
  is_image_or_video TEXT         NOT NULL,
  image_src         TEXT         NOT NULL,
  downloaded        INT          NOT NULL,
  save_location     TEXT         NOT NULL,
  category          TEXT         NOT NULL,
  PRIMARY KEY (`index`)
) ENGINE = InnoDB CHARACTER SET utf8mb4;

CREATE TABLE geolocation_data (
  ind         INT          NOT NULL,
  `timestamp` DATETIME     NOT NULL,
  latitude    FLOAT        NOT NULL,
  longitude   FLOAT        NOT NULL,
  country     VARCHAR(255) NOT NULL,
  PRIMARY KEY (ind)
) ENGINE = InnoDB CHARACTER SET utf8mb4;

CREATE TABLE user_data (
  ind         INT          NOT NULL,
  first_name  VARCHAR(255) NOT NULL,
  last_name   VARCHAR(255) NOT NULL,
  age         INT          NOT NULL,
  date_joined DATETIME     NOT NULL,
  PRIMARY KEY (ind)
) ENGINE = InnoDB CHARACTER SET utf8mb4;
