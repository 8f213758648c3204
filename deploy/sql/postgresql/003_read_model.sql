-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- What is derived from a workflow's state and written in the commit that writes it. Times are Unix milliseconds.
-- phase: 0 scheduled, 1 active, 2 ended; outcome: 0 completed, 1 cancelled, 2 failed; effect: 0 duplicate, 1 stale, 2 advanced,
-- 3 conflict; attention, bits: 1 conflicting_outcome, 2 unfinished_tasks, 4 unrecognised_status, 8 several_sources.
CREATE TABLE IF NOT EXISTS workflow
(
  workflow_id       text COLLATE "C" NOT NULL PRIMARY KEY,
  name              text,
  name_lower        text COLLATE "C" NOT NULL,
  status            text,
  status_normalised text COLLATE "C",
  phase             smallint,
  outcome           smallint,
  attention         integer          NOT NULL,
  node_types        text             NOT NULL,
  version           bigint           NOT NULL,
  seq               bigint           NOT NULL,
  first_received_at bigint           NOT NULL,
  last_received_at  bigint           NOT NULL,
  changed_at        bigint           NOT NULL,
  -- Phase and outcome in one, for the indexes: 0 nothing known, 1 scheduled, 2 active, 3 completed, 4 cancelled, 5 failed.
  standing          smallint         NOT NULL
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

-- Indexes for each order alone and with each filter, so that a page costs the same at any depth and any number of workflows. The
-- order alone, a phase and an outcome share one: a page of several standings is merged from their pages.
-- Those of the attention are nearly empty: they cost a write nothing unless something is odd.
CREATE INDEX IF NOT EXISTS workflow_standing_by_changed_at ON workflow (standing, changed_at, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_status_by_changed_at ON workflow (status_normalised, changed_at, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_conflicting_outcome_by_changed_at ON workflow (changed_at, workflow_id) WHERE (attention & 1) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unfinished_tasks_by_changed_at ON workflow (changed_at, workflow_id) WHERE (attention & 2) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unrecognised_status_by_changed_at ON workflow (changed_at, workflow_id) WHERE (attention & 4) <> 0;
CREATE INDEX IF NOT EXISTS workflow_several_sources_by_changed_at ON workflow (changed_at, workflow_id) WHERE (attention & 8) <> 0;

-- The other orders, in a table of their own: its row is written only if something in it is new, so that most changes, which move
-- nothing but the time of change, pay for the few indexes above alone.
CREATE TABLE IF NOT EXISTS workflow_order
(
  workflow_id       text COLLATE "C" NOT NULL PRIMARY KEY,
  name_lower        text COLLATE "C" NOT NULL,
  first_received_at bigint NOT NULL,
  standing          smallint NOT NULL,
  status_normalised text COLLATE "C",
  attention         integer NOT NULL
) WITH (fillfactor = 90);

CREATE INDEX IF NOT EXISTS workflow_standing_by_name ON workflow_order (standing, name_lower, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_standing_by_first_received_at ON workflow_order (standing, first_received_at, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_status_by_name ON workflow_order (status_normalised, name_lower, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_status_by_first_received_at ON workflow_order (status_normalised, first_received_at, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_conflicting_outcome_by_name ON workflow_order (name_lower, workflow_id) WHERE (attention & 1) <> 0;
CREATE INDEX IF NOT EXISTS workflow_conflicting_outcome_by_first_received_at ON workflow_order (first_received_at, workflow_id) WHERE (attention & 1) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unfinished_tasks_by_name ON workflow_order (name_lower, workflow_id) WHERE (attention & 2) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unfinished_tasks_by_first_received_at ON workflow_order (first_received_at, workflow_id) WHERE (attention & 2) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unrecognised_status_by_name ON workflow_order (name_lower, workflow_id) WHERE (attention & 4) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unrecognised_status_by_first_received_at ON workflow_order (first_received_at, workflow_id) WHERE (attention & 4) <> 0;
CREATE INDEX IF NOT EXISTS workflow_several_sources_by_name ON workflow_order (name_lower, workflow_id) WHERE (attention & 8) <> 0;
CREATE INDEX IF NOT EXISTS workflow_several_sources_by_first_received_at ON workflow_order (first_received_at, workflow_id) WHERE (attention & 8) <> 0;

-- Accepted notifications. changes: what the receipt changed if it raised the version, its transitions: a JSON array, in the order in
-- which they were made. They are one row because they are written and read together, and a row more is a row and its indexes.
-- position: the place of the changes in the feed, null without changes.
-- kind: 0 an accepted notification; 1 a refold, which has no body: from here on the state is the fold of everything before it under its
-- vocabulary, and source is the job that asked for it.
CREATE TABLE IF NOT EXISTS receipt
(
  id          uuid             NOT NULL PRIMARY KEY,
  workflow_id text COLLATE "C" NOT NULL,
  seq         bigint           NOT NULL,
  received_at bigint           NOT NULL,
  source      text             NOT NULL,
  effect      smallint         NOT NULL,
  version     bigint           NOT NULL,
  vocabulary  text             NOT NULL,
  body        bytea            NOT NULL,
  changes     text,
  position    bigint,
  kind        smallint         NOT NULL DEFAULT 0,
  UNIQUE (workflow_id, seq)
);

CREATE UNIQUE INDEX IF NOT EXISTS receipt_by_position ON receipt (position) WHERE position IS NOT NULL;

-- Without a cache: who sees a position must know that every smaller one has been drawn.
CREATE SEQUENCE IF NOT EXISTS receipt_position CACHE 1;

-- The highest position that was removed: from below it the feed can't be told in full. It rises with whatever removes receipts.
CREATE TABLE IF NOT EXISTS change_horizon (position bigint NOT NULL);
INSERT INTO change_horizon SELECT 0 WHERE NOT EXISTS (SELECT FROM change_horizon);

CREATE OR REPLACE FUNCTION change_horizon_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE change_horizon h SET position = r.position FROM (SELECT max(position) AS position FROM removed) r WHERE r.position > h.position;
  RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER receipt_removed AFTER DELETE ON receipt
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION change_horizon_rises();

-- Notifications are in neither: they cost a write nothing.
CREATE INDEX IF NOT EXISTS receipt_refold ON receipt (workflow_id, seq) WHERE kind = 1;
CREATE INDEX IF NOT EXISTS receipt_refold_by_job ON receipt (source) WHERE kind = 1;

CREATE TABLE IF NOT EXISTS rejected
(
  position     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id           uuid     NOT NULL UNIQUE,
  received_at  bigint   NOT NULL,
  source       text,
  status_code  smallint NOT NULL,
  error_path   text,
  detail       text     NOT NULL,
  content_type text,
  -- Null where a body is not kept: a sender without a credential, a body over the limit.
  body         bytea,
  -- What came of sending it again, if somebody did: the receipt that it became, or why it was refused again.
  resent_at         bigint,
  resent_receipt_id uuid,
  resent_answer     text
);

-- The rows of a batch as the commit is handed them: an array of each. Not types of the tables, whose columns may come and go.
DROP TYPE IF EXISTS commit_state, commit_workflow, commit_receipt;
CREATE TYPE commit_state AS
(
  grain_hash  integer,
  grain_n0    bigint,
  grain_n1    bigint,
  state_hash  integer,
  state_name  text,
  grain_key   text COLLATE "C",
  etag        integer,
  payload     bytea
);
CREATE TYPE commit_workflow AS
(
  position          integer,
  workflow_id       text COLLATE "C",
  name              text,
  name_lower        text COLLATE "C",
  status            text,
  status_normalised text COLLATE "C",
  phase             smallint,
  outcome           smallint,
  attention         integer,
  node_types        text,
  version           bigint,
  seq               bigint,
  first_received_at bigint,
  last_received_at  bigint,
  changed_at        bigint,
  standing          smallint,
  moves_in_orders   boolean
);
CREATE TYPE commit_receipt AS
(
  position    integer,
  id          uuid,
  workflow_id text COLLATE "C",
  seq         bigint,
  received_at bigint,
  source      text,
  effect      smallint,
  version     bigint,
  vocabulary  text,
  body        bytea,
  changes     text,
  kind        smallint
);

-- Bodies and states of wide workflows are compressed; LZ4 costs a fraction of the default. A server built without it keeps the default.
DO $$
BEGIN
  ALTER TABLE receipt ALTER COLUMN body SET COMPRESSION lz4;
  ALTER TABLE receipt ALTER COLUMN changes SET COMPRESSION lz4;
  ALTER TABLE orleansstorage ALTER COLUMN payloadbinary SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  RAISE NOTICE 'This server has no LZ4: wide workflows cost more.';
END
$$;
