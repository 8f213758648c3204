-- Only if: SELECT (to_regclass('workflow_order') IS NOT NULL)::int
-- The state of a workflow and what lists need of it are one row: a commit writes one row and its receipts. Reads the
-- table once and writes it once; both tables are locked meanwhile.
ALTER TABLE orleansstorage RENAME TO orleansstorage_before;
ALTER INDEX orleansstorage_identity RENAME TO orleansstorage_before_identity;

CREATE TABLE orleansstorage
(
  grainidhash            integer      NOT NULL,
  grainidn0              bigint       NOT NULL,
  grainidn1              bigint       NOT NULL,
  graintypehash          integer      NOT NULL,
  graintypestring        varchar(512) COLLATE "C" NOT NULL,
  -- Two vendor ids of 128 characters, escaped, do not fit into the documented 512.
  grainidextensionstring text COLLATE "C",
  serviceid              varchar(150) COLLATE "C" NOT NULL,
  modifiedon             timestamp    NOT NULL,
  version                integer,
  -- Of a workflow: how many receipts there are, and the latest time of receipt, in Unix milliseconds. They are newer
  -- than what the state says: a receipt that changes nothing else leaves the state as it is.
  seq                    bigint,
  last_received_at       bigint,
  -- Of a workflow in the list; null of a deleted one. state_code is phase and outcome in one: 0 nothing known, 1
  -- scheduled, 2 active, 3 completed, 4 cancelled, 5 failed. word is status_normalised, or empty if any word of the
  -- workflow is unrecognised.
  state_code             smallint,
  attention              integer,
  word                   text COLLATE "C",
  first_received_at      bigint,
  changed_at             bigint,
  workflow_version       bigint,
  name                   text,
  name_lower             text COLLATE "C",
  status                 text,
  status_normalised      text COLLATE "C",
  node_types             text,
  payloadbinary          bytea
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);

DO $$
BEGIN
  ALTER TABLE orleansstorage ALTER COLUMN payloadbinary SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  RAISE NOTICE 'This server has no LZ4: wide workflows cost more.';
END
$$;

INSERT INTO orleansstorage
SELECT
  s.grainidhash, s.grainidn0, s.grainidn1, s.graintypehash, s.graintypestring, s.grainidextensionstring, s.serviceid, s.modifiedon,
  s.version, w.seq, w.last_received_at, w.standing, w.attention,
  CASE WHEN (w.attention & 4) = 0 THEN coalesce(w.status_normalised, '') ELSE '' END,
  w.first_received_at, w.changed_at, w.version, w.name, w.name_lower, w.status, w.status_normalised, w.node_types,
  orleansstorage_payload(s)
FROM orleansstorage_before s
LEFT JOIN workflow w
  ON s.graintypestring = 'workflow' AND w.workflow_id = substr(s.grainidextensionstring, 4) AND s.grainidextensionstring LIKE 'wf/%';

DROP FUNCTION orleansstorage_payload(orleansstorage_before);
DROP FUNCTION orleansstorage_edit(bytea, bytea);
DROP FUNCTION orleansstorage_row_vanished(text);
DROP TYPE IF EXISTS commit_state, commit_workflow, commit_receipt, commit_heard;
DROP TABLE orleansstorage_before, workflow, workflow_order;

-- Every key of this product is a text. Other grains may have numbers alone: those are in the second index.
CREATE UNIQUE INDEX orleansstorage_by_key ON orleansstorage
  (grainidextensionstring, graintypestring, serviceid, grainidn0, grainidn1);
CREATE UNIQUE INDEX orleansstorage_by_number ON orleansstorage
  (grainidn1, grainidn0, graintypestring, serviceid) WHERE grainidextensionstring IS NULL;

-- An index for each order, within each state code and word, so that a page costs the same at any depth and any number
-- of workflows: it is merged from those of each group. The words that senders make up add none.
CREATE INDEX workflow_by_changed_at ON orleansstorage
  (state_code, word, changed_at, grainidextensionstring) WHERE state_code IS NOT NULL;
CREATE INDEX workflow_by_name ON orleansstorage
  (state_code, word, name_lower, grainidextensionstring) WHERE state_code IS NOT NULL;
CREATE INDEX workflow_by_first_received_at ON orleansstorage
  (state_code, word, first_received_at, grainidextensionstring) WHERE state_code IS NOT NULL;

-- Those of workflows that need attention are nearly empty.
CREATE INDEX workflow_conflicting_outcome_by_changed_at ON orleansstorage (changed_at, grainidextensionstring) WHERE (attention & 1) <> 0;
CREATE INDEX workflow_conflicting_outcome_by_name ON orleansstorage (name_lower, grainidextensionstring) WHERE (attention & 1) <> 0;
CREATE INDEX workflow_conflicting_outcome_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 1) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_changed_at ON orleansstorage (changed_at, grainidextensionstring) WHERE (attention & 2) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_name ON orleansstorage (name_lower, grainidextensionstring) WHERE (attention & 2) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 2) <> 0;
CREATE INDEX workflow_unrecognised_status_by_changed_at ON orleansstorage (changed_at, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_status_by_name ON orleansstorage (name_lower, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_status_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_several_sources_by_changed_at ON orleansstorage (changed_at, grainidextensionstring) WHERE (attention & 8) <> 0;
CREATE INDEX workflow_several_sources_by_name ON orleansstorage (name_lower, grainidextensionstring) WHERE (attention & 8) <> 0;
CREATE INDEX workflow_several_sources_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 8) <> 0;

-- One status that senders made up.
CREATE INDEX workflow_unrecognised_by_changed_at ON orleansstorage
  (status_normalised, state_code, changed_at, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_by_name ON orleansstorage
  (status_normalised, state_code, name_lower, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_by_first_received_at ON orleansstorage
  (status_normalised, state_code, first_received_at, grainidextensionstring) WHERE (attention & 4) <> 0;

-- The list. The key serves look-ups and orders by id.
CREATE VIEW workflow AS
SELECT
  substr(grainidextensionstring, 4) COLLATE "C" AS workflow_id, grainidextensionstring AS key, name, name_lower, status, status_normalised,
  CASE WHEN state_code = 0 THEN NULL WHEN state_code < 3 THEN state_code - 1 ELSE 2 END AS phase,
  CASE WHEN state_code < 3 THEN NULL ELSE state_code - 3 END AS outcome,
  attention, node_types, workflow_version AS version, seq, first_received_at, last_received_at, changed_at, state_code, word
FROM orleansstorage WHERE state_code IS NOT NULL;

-- Conditions that the two indexes of keys serve.
UPDATE orleansquery SET querytext = replace(
  replace(querytext, 'SELECT orleansstorage_payload(orleansstorage) AS', 'SELECT payloadbinary AS'),
  'grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::text',
  '(grainidextensionstring = @GrainIdExtensionString::text OR grainidextensionstring IS NULL AND @GrainIdExtensionString::text IS NULL)')
WHERE querykey LIKE '%StorageKey';
