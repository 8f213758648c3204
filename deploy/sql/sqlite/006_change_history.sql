-- What identifies the history of positions.
CREATE TABLE IF NOT EXISTS change_epoch
(
  id            TEXT    NOT NULL,
  -- The history in which this script ran: ids of events from before it belong to that one.
  first_history TEXT    NOT NULL,
  -- What was removed up to here left no record in change_trimmed.
  begins_after  INTEGER NOT NULL
);

INSERT INTO change_epoch (id, first_history, begins_after)
SELECT lower(hex(randomblob(16))), '', h.position FROM change_horizon h WHERE NOT EXISTS (SELECT 1 FROM change_epoch);
UPDATE change_epoch SET first_history = id || '/' WHERE first_history = '';

-- The last change of each workflow that was removed: it is read in its place, so that nobody who missed it, or others of its workflow
-- before it, passes them unknowing.
CREATE TABLE IF NOT EXISTS change_trimmed
(
  workflow_id TEXT    NOT NULL PRIMARY KEY,
  position    INTEGER NOT NULL,
  receipt_id  BLOB    NOT NULL,
  seq         INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  effect      INTEGER NOT NULL,
  version     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX IF NOT EXISTS change_trimmed_by_position ON change_trimmed (position);

CREATE TRIGGER IF NOT EXISTS receipt_trimmed AFTER DELETE ON receipt WHEN OLD.position IS NOT NULL
BEGIN
  INSERT INTO change_trimmed (workflow_id, position, receipt_id, seq, received_at, effect, version)
  VALUES (OLD.workflow_id, OLD.position, OLD.id, OLD.seq, OLD.received_at, OLD.effect, OLD.version)
  ON CONFLICT (workflow_id) DO UPDATE SET
    position = excluded.position, receipt_id = excluded.receipt_id, seq = excluded.seq, received_at = excluded.received_at,
    effect = excluded.effect, version = excluded.version
  WHERE excluded.position > change_trimmed.position;
END;
