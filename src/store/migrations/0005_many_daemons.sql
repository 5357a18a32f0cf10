-- Accounts from directories, second factors, tokens for programs, groups of servers, the chain of the audit log, and
-- hosts whose collectors deliver over the network.

-- `scope` and `second_factor` are JSON.
ALTER TABLE accounts ADD COLUMN origin TEXT NOT NULL DEFAULT 'local';
ALTER TABLE accounts ADD COLUMN scope TEXT NOT NULL DEFAULT '[]';
ALTER TABLE accounts ADD COLUMN second_factor TEXT;

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

-- Lines from before this have number 0 and no hash: the chain begins after them.
ALTER TABLE audit ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit ADD COLUMN detail_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE audit ADD COLUMN hash TEXT NOT NULL DEFAULT '';

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

-- Who had an address at a time.
CREATE INDEX sessions_real_address ON sessions (real_address, closed_at) WHERE state = 'closed';
CREATE INDEX sessions_virtual_address ON sessions (virtual_address, closed_at) WHERE state = 'closed';
CREATE INDEX sessions_virtual_address6 ON sessions (virtual_address6, closed_at) WHERE state = 'closed';
