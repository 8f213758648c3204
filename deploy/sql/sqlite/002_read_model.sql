-- Only if: SELECT NOT EXISTS (SELECT 1 FROM pragma_table_info('orleansstorage') WHERE name = 'state_code')
-- What is derived from a workflow's state and written in the commit that writes it. Script 5 joins the row in the list with the state's and
-- has the indexes. Times are Unix milliseconds.
-- phase: 0 scheduled, 1 active, 2 ended; outcome: 0 completed, 1 cancelled, 2 failed; effect: 0 duplicate, 1 stale, 2 advanced,
-- 3 conflict; attention, bits: 1 conflicting_outcome, 2 unfinished_tasks, 4 unrecognised_status, 8 several_sources.
CREATE TABLE IF NOT EXISTS workflow
(
  workflow_id       TEXT    NOT NULL PRIMARY KEY,
  name              TEXT,
  name_lower        TEXT    NOT NULL,
  status            TEXT,
  status_normalised TEXT,
  phase             INTEGER,
  outcome           INTEGER,
  attention         INTEGER NOT NULL,
  node_types        TEXT    NOT NULL,
  version           INTEGER NOT NULL,
  seq               INTEGER NOT NULL,
  first_received_at INTEGER NOT NULL,
  last_received_at  INTEGER NOT NULL,
  changed_at        INTEGER NOT NULL,
  -- Phase and outcome in one, for the indexes: 0 nothing known, 1 scheduled, 2 active, 3 completed, 4 cancelled, 5 failed.
  standing          INTEGER NOT NULL
) WITHOUT ROWID;

-- What orders other than by time of change need.
CREATE TABLE IF NOT EXISTS workflow_order
(
  workflow_id       TEXT NOT NULL PRIMARY KEY,
  name_lower        TEXT NOT NULL,
  first_received_at INTEGER NOT NULL,
  standing          INTEGER NOT NULL,
  status_normalised TEXT,
  attention         INTEGER NOT NULL
) WITHOUT ROWID;

-- Accepted notifications. changes: what the receipt changed if it raised the version, its transitions: a JSON array, in the order in
-- which they were made. They are one row because they are written and read together, and a row more is a row and its indexes.
-- position: the place of the changes in the feed, null without changes.
-- kind: 0 an accepted notification; 1 a refold, which has no body: from here on the state is the fold of everything before it under its
-- vocabulary, and source is the job that asked for it.
CREATE TABLE IF NOT EXISTS receipt
(
  id          BLOB    NOT NULL PRIMARY KEY,
  workflow_id TEXT    NOT NULL,
  seq         INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  source      TEXT    NOT NULL,
  effect      INTEGER NOT NULL,
  version     INTEGER NOT NULL,
  vocabulary  TEXT    NOT NULL,
  body        BLOB    NOT NULL,
  changes     TEXT,
  position    INTEGER,
  kind        INTEGER NOT NULL DEFAULT 0,
  UNIQUE (workflow_id, seq)
);

CREATE UNIQUE INDEX IF NOT EXISTS receipt_by_position ON receipt (position) WHERE position IS NOT NULL;

-- The highest position that was removed: from below it the feed can't be told in full. It rises with whatever removes receipts.
CREATE TABLE IF NOT EXISTS change_horizon (position INTEGER NOT NULL);
INSERT INTO change_horizon SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM change_horizon);

CREATE TRIGGER IF NOT EXISTS receipt_removed AFTER DELETE ON receipt WHEN OLD.position IS NOT NULL
BEGIN
  UPDATE change_horizon SET position = OLD.position WHERE position < OLD.position;
END;

-- Notifications are in neither: they cost a write nothing.
CREATE INDEX IF NOT EXISTS receipt_refold ON receipt (workflow_id, seq) WHERE kind = 1;
CREATE INDEX IF NOT EXISTS receipt_refold_by_job ON receipt (source) WHERE kind = 1;

CREATE TABLE IF NOT EXISTS rejected
(
  position     INTEGER PRIMARY KEY AUTOINCREMENT,
  id           BLOB    NOT NULL UNIQUE,
  received_at  INTEGER NOT NULL,
  source       TEXT,
  status_code  INTEGER NOT NULL,
  error_path   TEXT,
  detail       TEXT    NOT NULL,
  content_type TEXT,
  -- Null where a body is not kept: a sender without a credential, a body over the limit.
  body         BLOB,
  -- What came of sending it again, if somebody did: the receipt that it became, or why it was refused again.
  resent_at         INTEGER,
  resent_receipt_id BLOB,
  resent_answer     TEXT
);
