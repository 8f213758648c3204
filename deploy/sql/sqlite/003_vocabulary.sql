-- Every vocabulary under which receipts were folded. document: the whole vocabulary, JSON. Times are Unix milliseconds.
CREATE TABLE IF NOT EXISTS vocabulary
(
  fingerprint TEXT NOT NULL PRIMARY KEY,
  document    TEXT NOT NULL,
  kept_since  INTEGER NOT NULL
);

-- The one that is in force: a silo with another one does not start.
CREATE TABLE IF NOT EXISTS vocabulary_in_force
(
  only_row    INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  fingerprint TEXT NOT NULL REFERENCES vocabulary (fingerprint),
  since       INTEGER NOT NULL
);

-- How often each word was received, counted beside the notifications: approximate.
CREATE TABLE IF NOT EXISTS word
(
  word              TEXT NOT NULL PRIMARY KEY,
  count             INTEGER NOT NULL,
  first_received_at INTEGER NOT NULL,
  last_received_at  INTEGER NOT NULL
);

-- Refolds of all workflows. position: the last workflow that is done, in the order of the ids. owner: the silo that works on it, alone
-- until lease_until. One at a time is under way.
CREATE TABLE IF NOT EXISTS refold_job
(
  id          BLOB NOT NULL PRIMARY KEY,
  vocabulary  TEXT NOT NULL,
  started_at  INTEGER NOT NULL,
  finished_at INTEGER,
  position    TEXT NOT NULL,
  total       INTEGER NOT NULL,
  done        INTEGER NOT NULL,
  failed      INTEGER NOT NULL,
  owner       TEXT,
  lease_until INTEGER NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS refold_job_under_way ON refold_job ((finished_at IS NULL)) WHERE finished_at IS NULL;
