-- What stands for the receipts of a workflow that were removed, up to seq: their fold, from which audit and explanation go on.
-- deleted: a tombstone, of a workflow that is gone itself. removed_through: the latest time of receipt among those removed.
CREATE TABLE IF NOT EXISTS checkpoint
(
  workflow_id     text COLLATE "C" NOT NULL PRIMARY KEY,
  seq             bigint           NOT NULL,
  version         bigint           NOT NULL,
  vocabulary      text             NOT NULL,
  state           text             NOT NULL,
  deleted         smallint         NOT NULL,
  removed_through bigint           NOT NULL,
  made_at         timestamptz      NOT NULL DEFAULT now()
);

CREATE INDEX IF NOT EXISTS checkpoint_by_removed_through ON checkpoint (removed_through);
