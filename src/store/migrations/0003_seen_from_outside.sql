-- What witnesses say of sessions and servers; attempts at services.

ALTER TABLE sessions ADD COLUMN evidence TEXT;
ALTER TABLE sessions ADD COLUMN quality TEXT;
ALTER TABLE sessions ADD COLUMN flows INTEGER;

ALTER TABLE servers ADD COLUMN witnesses TEXT NOT NULL DEFAULT '[]';
ALTER TABLE servers ADD COLUMN interfaces TEXT NOT NULL DEFAULT '[]';
ALTER TABLE servers ADD COLUMN fence TEXT;

CREATE TABLE attempts (
  hour_at INTEGER NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  boot INTEGER NOT NULL,
  number INTEGER NOT NULL,
  address TEXT,
  protocol TEXT NOT NULL,
  port INTEGER,
  outcome TEXT NOT NULL,
  why TEXT NOT NULL,
  user TEXT NOT NULL,
  server TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  place_kind TEXT,
  country_code TEXT,
  country TEXT,
  city TEXT,
  latitude REAL,
  longitude REAL,
  precision TEXT,
  asn INTEGER,
  network TEXT,
  PRIMARY KEY (hour_at, source_id, boot, number)
) STRICT, WITHOUT ROWID;
