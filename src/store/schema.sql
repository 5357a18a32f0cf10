-- The schema that all migrations together make; a test compares the two. Columns are spelt as the members of the structs in
-- src/model. Every *_at and every `at` is UNIX seconds; the `at` of a tier is the start of its minute, hour or day (UTC).
-- Byte counters saturate at 2^63-1. Text that a peer chose is kept as the bytes that came, valid UTF-8 or not.

-- What was done to this database. A migration that is applied never changes.
CREATE TABLE schema_migrations (
  number INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  checksum TEXT NOT NULL,
  applied_at INTEGER NOT NULL
) STRICT;

-- Single values: last_batch, next_session_id, next_event_id, clamped_values, signing_key.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Sources, and the last observation of each that is in here. `boot` and `sequence` are the bits of unsigned numbers.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  node TEXT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  boot INTEGER NOT NULL DEFAULT 0,
  sequence INTEGER NOT NULL DEFAULT 0,
  UNIQUE (node, kind, name)
) STRICT;

CREATE TABLE sessions (
  id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (id),
  peer TEXT NOT NULL,
  server TEXT NOT NULL,
  source TEXT NOT NULL,
  user TEXT NOT NULL,
  common_name TEXT,
  username TEXT,
  transport TEXT NOT NULL,
  real_address TEXT,
  real_port INTEGER,
  virtual_address TEXT,
  virtual_address6 TEXT,
  cipher TEXT,
  client_version TEXT,
  platform TEXT,
  opened_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  closed_at INTEGER,
  end_reason TEXT,
  state TEXT NOT NULL,
  adopted INTEGER NOT NULL,
  final INTEGER NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  rx_bps INTEGER NOT NULL,
  tx_bps INTEGER NOT NULL,
  place_kind TEXT,
  country_code TEXT,
  country TEXT,
  city TEXT,
  latitude REAL,
  longitude REAL,
  precision TEXT,
  asn INTEGER,
  network TEXT
) STRICT;

-- All indexes are partial, so that the rows of open sessions, which are written again and again, touch one index once.
CREATE UNIQUE INDEX sessions_open ON sessions (source_id, peer) WHERE state = 'open';
CREATE INDEX sessions_closed_at ON sessions (closed_at) WHERE state = 'closed';
CREATE INDEX sessions_opened_at ON sessions (opened_at) WHERE state = 'closed';
CREATE INDEX sessions_user ON sessions (user) WHERE state = 'closed';
CREATE INDEX sessions_rx_bytes ON sessions (rx_bytes) WHERE state = 'closed';
CREATE INDEX sessions_tx_bytes ON sessions (tx_bytes) WHERE state = 'closed';

-- Every real address that a session was seen at; real_port -1 when the source does not tell it.
CREATE TABLE endpoints (
  session_id INTEGER NOT NULL,
  real_address TEXT NOT NULL,
  real_port INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  place_kind TEXT,
  country_code TEXT,
  country TEXT,
  city TEXT,
  latitude REAL,
  longitude REAL,
  precision TEXT,
  asn INTEGER,
  network TEXT,
  PRIMARY KEY (session_id, real_address, real_port)
) STRICT, WITHOUT ROWID;

-- The tiers have the time first: what is written lies together at the end, what is forgotten at the beginning.
CREATE TABLE traffic_minute (
  at INTEGER NOT NULL,
  session_id INTEGER NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  PRIMARY KEY (at, session_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_hour (
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  server TEXT NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  PRIMARY KEY (at, user, server)
) STRICT, WITHOUT ROWID;

CREATE TABLE traffic_day (
  at INTEGER NOT NULL,
  user TEXT NOT NULL,
  server TEXT NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  PRIMARY KEY (at, user, server)
) STRICT, WITHOUT ROWID;

-- Per server: bytes moved, and the most sessions open at once. A row for each minute that Davylamp ran.
CREATE TABLE load_minute (
  at INTEGER NOT NULL,
  server TEXT NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (at, server)
) STRICT, WITHOUT ROWID;

CREATE TABLE load_hour (
  at INTEGER NOT NULL,
  server TEXT NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (at, server)
) STRICT, WITHOUT ROWID;

CREATE TABLE load_day (
  at INTEGER NOT NULL,
  server TEXT NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (at, server)
) STRICT, WITHOUT ROWID;

-- The most sessions open within one minute over all servers together: not the sum of the servers' own peaks.
CREATE TABLE peak_hour (
  at INTEGER PRIMARY KEY,
  sessions INTEGER NOT NULL
) STRICT;

CREATE TABLE peak_day (
  at INTEGER PRIMARY KEY,
  sessions INTEGER NOT NULL
) STRICT;

-- VPN users over all sessions ever stored, also those that are forgotten.
CREATE TABLE users (
  user TEXT PRIMARY KEY,
  sessions INTEGER NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  country_code TEXT,
  latest_session_id INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE servers (
  name TEXT PRIMARY KEY,
  source TEXT NOT NULL,
  state TEXT NOT NULL,
  health TEXT NOT NULL,
  since_at INTEGER NOT NULL,
  version TEXT,
  process_id INTEGER,
  started_at INTEGER,
  local_address TEXT,
  transport TEXT,
  sessions INTEGER NOT NULL,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  last_snapshot_at INTEGER,
  place_kind TEXT,
  country_code TEXT,
  country TEXT,
  city TEXT,
  latitude REAL,
  longitude REAL,
  precision TEXT,
  asn INTEGER,
  network TEXT,
  lab INTEGER NOT NULL,
  problems INTEGER NOT NULL
) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  server TEXT NOT NULL,
  user TEXT,
  session_id INTEGER,
  text TEXT NOT NULL,
  place_kind TEXT,
  country_code TEXT,
  country TEXT,
  city TEXT,
  latitude REAL,
  longitude REAL,
  precision TEXT,
  asn INTEGER,
  network TEXT
) STRICT;

CREATE TABLE accounts (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_login_at INTEGER
) STRICT;

CREATE TABLE refresh_tokens (
  token_hash TEXT PRIMARY KEY,
  family TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  expires_at INTEGER NOT NULL,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX refresh_tokens_family ON refresh_tokens (family);
CREATE INDEX refresh_tokens_account ON refresh_tokens (account);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  remote_address TEXT NOT NULL
) STRICT;
