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

-- Single values: last_batch, next_session_id, next_event_id, clamped_values, signing_key,
-- limits_revision, alerting_revision, next_incident_id, next_delivery_id.
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
  network TEXT,
  evidence TEXT,
  quality TEXT,
  flows INTEGER
) STRICT;

-- `evidence` and `quality` are JSON, as the codec writes them.
-- All indexes are partial, so that the rows of open sessions, which are written again and again, touch one index once.
CREATE UNIQUE INDEX sessions_open ON sessions (source_id, peer) WHERE state = 'open';
CREATE INDEX sessions_closed_at ON sessions (closed_at) WHERE state = 'closed';
CREATE INDEX sessions_opened_at ON sessions (opened_at) WHERE state = 'closed';
CREATE INDEX sessions_user ON sessions (user) WHERE state = 'closed';
CREATE INDEX sessions_rx_bytes ON sessions (rx_bytes) WHERE state = 'closed';
CREATE INDEX sessions_tx_bytes ON sessions (tx_bytes) WHERE state = 'closed';
CREATE INDEX sessions_real_address ON sessions (real_address, closed_at) WHERE state = 'closed';
CREATE INDEX sessions_virtual_address ON sessions (virtual_address, closed_at) WHERE state = 'closed';
CREATE INDEX sessions_virtual_address6 ON sessions (virtual_address6, closed_at) WHERE state = 'closed';

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

-- `warnings`, `expiries`, `witnesses`, `interfaces` (lists) and `fence` are JSON, as the codec writes it: only ever read and written whole.
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
  problems INTEGER NOT NULL,
  mode TEXT,
  public_address TEXT,
  listens_on TEXT,
  pool_size INTEGER,
  pool_used INTEGER,
  dco INTEGER,
  warnings TEXT NOT NULL DEFAULT '[]',
  expiries TEXT NOT NULL DEFAULT '[]',
  witnesses TEXT NOT NULL DEFAULT '[]',
  interfaces TEXT NOT NULL DEFAULT '[]',
  fence TEXT
) STRICT;

-- Attempts at services: a row per address, port, outcome and reason within an hour, as one source counted it since its
-- start (`boot`); `count` is raised, never added to. `address` is absent for what is not kept apart.
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

-- `scope` and `second_factor` are JSON.
CREATE TABLE accounts (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  last_login_at INTEGER,
  origin TEXT NOT NULL DEFAULT 'local',
  scope TEXT NOT NULL DEFAULT '[]',
  second_factor TEXT
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

CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  account TEXT NOT NULL REFERENCES accounts (name) ON DELETE CASCADE,
  token_hash TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
) STRICT;
CREATE INDEX api_tokens_account ON api_tokens (account);

-- `servers` is JSON.
CREATE TABLE server_groups (
  name TEXT PRIMARY KEY,
  servers TEXT NOT NULL
) STRICT;

-- Lines from before the chain have number 0 and no hash.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  remote_address TEXT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  number INTEGER NOT NULL DEFAULT 0,
  detail_hash TEXT NOT NULL DEFAULT '',
  hash TEXT NOT NULL DEFAULT ''
) STRICT;

-- The group `everyone` needs no row.
CREATE TABLE groups (
  name TEXT PRIMARY KEY,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE group_members (
  group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
  user TEXT NOT NULL,
  PRIMARY KEY (group_name, user)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: an id is never used again, for the periods that are over outlive their limit. `thresholds` is a list in JSON.
CREATE TABLE limits (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  subject_kind TEXT NOT NULL,
  subject TEXT NOT NULL,
  direction TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  period_kind TEXT NOT NULL,
  zone TEXT NOT NULL,
  anchor_day INTEGER NOT NULL,
  days INTEGER NOT NULL,
  starts_at INTEGER,
  ends_at INTEGER,
  buffer_bytes INTEGER NOT NULL,
  thresholds TEXT NOT NULL,
  enforce INTEGER NOT NULL,
  kernel_stop INTEGER NOT NULL,
  note TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL
) STRICT;

-- `user` of a grant, a reset and a usage period: the member, for a limit of kind `each`; else empty.
CREATE TABLE grants (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  limit_id INTEGER NOT NULL REFERENCES limits (id) ON DELETE CASCADE,
  user TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  from_at INTEGER NOT NULL,
  until_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  granted_by TEXT NOT NULL,
  spent_bytes INTEGER NOT NULL
) STRICT;
CREATE INDEX grants_limit ON grants (limit_id);

-- The latest reset only.
CREATE TABLE resets (
  limit_id INTEGER NOT NULL REFERENCES limits (id) ON DELETE CASCADE,
  user TEXT NOT NULL,
  at INTEGER NOT NULL,
  reset_by TEXT NOT NULL,
  period_start_at INTEGER,
  forgiven_rx_bytes INTEGER,
  forgiven_tx_bytes INTEGER,
  PRIMARY KEY (limit_id, user)
) STRICT, WITHOUT ROWID;

CREATE TABLE blocks (
  user TEXT PRIMARY KEY,
  until_at INTEGER,
  reason TEXT NOT NULL,
  blocked_by TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Kept as long as traffic per day.
CREATE TABLE usage_periods (
  limit_id INTEGER NOT NULL,
  user TEXT NOT NULL,
  start_at INTEGER NOT NULL,
  end_at INTEGER NOT NULL,
  used_bytes INTEGER NOT NULL,
  allowed_bytes INTEGER NOT NULL,
  PRIMARY KEY (limit_id, user, start_at)
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_periods_end_at ON usage_periods (end_at);

-- How the house jobs of the daemon fared the last time.
CREATE TABLE jobs (
  name TEXT PRIMARY KEY,
  began_at INTEGER,
  ended_at INTEGER,
  ok INTEGER NOT NULL,
  text TEXT NOT NULL,
  next_at INTEGER
) STRICT, WITHOUT ROWID;

-- What operators lay down about agents. `exit`, `resolver` and lists are JSON, as the codec writes them.
CREATE TABLE agent_settings (
  name TEXT PRIMARY KEY,
  site TEXT NOT NULL,
  label TEXT NOT NULL,
  interval_seconds INTEGER NOT NULL,
  grace_seconds INTEGER NOT NULL,
  exit TEXT NOT NULL,
  resolver TEXT NOT NULL,
  ipv6 TEXT NOT NULL,
  real_networks TEXT NOT NULL,
  learning_heartbeats INTEGER NOT NULL,
  paused INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE agent_tokens (
  token_hash TEXT PRIMARY KEY,
  agent TEXT NOT NULL REFERENCES agent_settings (name) ON DELETE CASCADE,
  one_time INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  used_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_tokens_agent ON agent_tokens (agent);

-- What is true of an agent, as JSON; its settings are those of agent_settings.
CREATE TABLE agents (
  name TEXT PRIMARY KEY REFERENCES agent_settings (name) ON DELETE CASCADE,
  state TEXT NOT NULL
) STRICT;

-- Kept as long as traffic per hour. What is removed with an agent is looked for hour by hour.
CREATE TABLE agent_hours (
  at INTEGER NOT NULL,
  agent TEXT NOT NULL,
  up_seconds INTEGER NOT NULL,
  down_seconds INTEGER NOT NULL,
  leaking_seconds INTEGER NOT NULL,
  heartbeats INTEGER NOT NULL,
  probes_sent INTEGER NOT NULL,
  probes_received INTEGER NOT NULL,
  latency_counts TEXT NOT NULL,
  jitter_counts TEXT NOT NULL,
  exit_country TEXT,
  exit_asn INTEGER,
  exit_network TEXT,
  rx_bytes INTEGER NOT NULL,
  tx_bytes INTEGER NOT NULL,
  PRIMARY KEY (at, agent)
) STRICT, WITHOUT ROWID;

-- AUTOINCREMENT: an id is never used again, for incidents outlive their rule.
CREATE TABLE alert_rules (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  condition TEXT NOT NULL,
  subject TEXT NOT NULL,
  hold_seconds INTEGER NOT NULL,
  clear_seconds INTEGER NOT NULL,
  needed INTEGER NOT NULL,
  of INTEGER NOT NULL,
  severity TEXT NOT NULL,
  channels TEXT NOT NULL,
  by_clock TEXT,
  zone TEXT,
  repeat_seconds INTEGER NOT NULL,
  enabled INTEGER NOT NULL
) STRICT;

CREATE TABLE silences (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  maintenance INTEGER NOT NULL,
  condition TEXT,
  subject TEXT NOT NULL,
  starts_at INTEGER NOT NULL,
  ends_at INTEGER NOT NULL,
  reason TEXT NOT NULL,
  made_by TEXT NOT NULL
) STRICT;

-- `incident` and `delivery` are JSON, whole; the columns beside them are what is looked for. `key` and `subject` are the
-- bytes that came.
CREATE TABLE incidents (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL,
  condition TEXT NOT NULL,
  subject TEXT NOT NULL,
  severity TEXT NOT NULL,
  state TEXT NOT NULL,
  since_at INTEGER NOT NULL,
  resolved_at INTEGER,
  incident TEXT NOT NULL
) STRICT;
CREATE INDEX incidents_open ON incidents (id) WHERE state != 'resolved';
CREATE INDEX incidents_resolved_at ON incidents (resolved_at) WHERE state = 'resolved';

CREATE TABLE deliveries (
  id INTEGER PRIMARY KEY,
  incident_id INTEGER NOT NULL,
  channel TEXT NOT NULL,
  state TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  delivery TEXT NOT NULL
) STRICT;
CREATE INDEX deliveries_incident ON deliveries (incident_id);
CREATE INDEX deliveries_waiting ON deliveries (id) WHERE state = 'waiting';

CREATE TABLE nodes (
  name TEXT PRIMARY KEY,
  token_hash TEXT NOT NULL UNIQUE,
  enrolled_at INTEGER NOT NULL,
  enrolled_by TEXT NOT NULL,
  last_seen_at INTEGER,
  version TEXT,
  skew_ms INTEGER,
  connected_to TEXT
) STRICT;
