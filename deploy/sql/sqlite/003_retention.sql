-- What stands for the receipts of a workflow that were removed, up to seq: their fold, from which audit and explanation go on.
-- deleted: a tombstone, of a workflow that is gone itself. removed_through: the latest time of receipt among those removed.
CREATE TABLE IF NOT EXISTS checkpoint
(
  workflow_id     TEXT    NOT NULL PRIMARY KEY,
  seq             INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  vocabulary      TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  deleted         INTEGER NOT NULL,
  removed_through INTEGER NOT NULL,
  made_at         TEXT    NOT NULL DEFAULT (datetime('now'))
);

CREATE INDEX IF NOT EXISTS checkpoint_by_removed_through ON checkpoint (removed_through);
