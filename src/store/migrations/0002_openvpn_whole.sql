-- Limits of users and groups, blocks, periods that are over, house jobs; what servers tell of themselves; why it was done.

CREATE TABLE groups (
  name TEXT PRIMARY KEY,
  note TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE group_members (
  group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,
  user TEXT NOT NULL,
  PRIMARY KEY (group_name, user)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE jobs (
  name TEXT PRIMARY KEY,
  began_at INTEGER,
  ended_at INTEGER,
  ok INTEGER NOT NULL,
  text TEXT NOT NULL,
  next_at INTEGER
) STRICT, WITHOUT ROWID;

ALTER TABLE audit ADD COLUMN reason TEXT NOT NULL DEFAULT '';

ALTER TABLE servers ADD COLUMN mode TEXT;
ALTER TABLE servers ADD COLUMN public_address TEXT;
ALTER TABLE servers ADD COLUMN listens_on TEXT;
ALTER TABLE servers ADD COLUMN pool_size INTEGER;
ALTER TABLE servers ADD COLUMN pool_used INTEGER;
ALTER TABLE servers ADD COLUMN dco INTEGER;
ALTER TABLE servers ADD COLUMN warnings TEXT NOT NULL DEFAULT '[]';
ALTER TABLE servers ADD COLUMN expiries TEXT NOT NULL DEFAULT '[]';
