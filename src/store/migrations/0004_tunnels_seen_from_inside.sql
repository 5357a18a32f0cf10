-- Agents inside tunnels, what they report by the hour, rules, silences, incidents and what was said of them.

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

CREATE TABLE agents (
  name TEXT PRIMARY KEY REFERENCES agent_settings (name) ON DELETE CASCADE,
  state TEXT NOT NULL
) STRICT;

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
