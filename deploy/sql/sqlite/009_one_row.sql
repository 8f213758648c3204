-- Only if: SELECT count(*) FROM pragma_table_info('orleansstorage') WHERE name = 'workflow_id'
-- The same table as in PostgreSQL: the row of a workflow has its list columns beside the key of its grain, which lists
-- are ordered by too.
DROP VIEW workflow;
DROP VIEW workflow_order;
ALTER TABLE orleansstorage RENAME TO orleansstorage_before;

CREATE TABLE orleansstorage
(
  grainidhash            INTEGER NOT NULL,
  grainidn0              INTEGER NOT NULL,
  grainidn1              INTEGER NOT NULL,
  graintypehash          INTEGER NOT NULL,
  graintypestring        TEXT    NOT NULL,
  -- Two vendor ids of 128 characters, escaped, do not fit into the documented 512.
  grainidextensionstring TEXT,
  serviceid              TEXT    NOT NULL,
  modifiedon             TEXT    NOT NULL,
  version                INTEGER,
  -- Of a workflow: how many receipts there are, and the latest time of receipt, in Unix milliseconds. They are newer
  -- than what the state says: a receipt that changes nothing else leaves the state as it is.
  seq                    INTEGER,
  last_received_at       INTEGER,
  -- Of a workflow in the list; null of a deleted one. state_code is phase and outcome in one: 0 nothing known, 1
  -- scheduled, 2 active, 3 completed, 4 cancelled, 5 failed. word is status_normalised, or empty if any word of the
  -- workflow is unrecognised.
  state_code             INTEGER,
  attention              INTEGER,
  word                   TEXT,
  first_received_at      INTEGER,
  changed_at             INTEGER,
  workflow_version       INTEGER,
  name                   TEXT,
  name_lower             TEXT,
  status                 TEXT,
  status_normalised      TEXT,
  node_types             TEXT,
  payloadbinary          BLOB
);

INSERT INTO orleansstorage
SELECT
  grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, modifiedon,
  version, seq, last_received_at, standing, attention,
  CASE WHEN workflow_id IS NULL THEN NULL WHEN (attention & 4) = 0 THEN coalesce(status_normalised, '') ELSE '' END,
  first_received_at, changed_at, workflow_version, name, name_lower, status, status_normalised, node_types, payloadbinary
FROM orleansstorage_before;

DROP TABLE orleansstorage_before;

-- Every key of this product is a text. Other grains may have numbers alone: those are in the second index.
CREATE UNIQUE INDEX orleansstorage_by_key ON orleansstorage
  (grainidextensionstring, graintypestring, serviceid, grainidn0, grainidn1);
CREATE UNIQUE INDEX orleansstorage_by_number ON orleansstorage
  (grainidn1, grainidn0, graintypestring, serviceid) WHERE grainidextensionstring IS NULL;

-- An index for each order, within each state code and word, so that a page costs the same at any depth and any number
-- of workflows: it is merged from those of each group. The words that senders make up add none. The last one holds the
-- columns by which workflows are counted.
CREATE INDEX workflow_by_changed_at ON orleansstorage
  (state_code, word, changed_at, grainidextensionstring) WHERE state_code IS NOT NULL;
CREATE INDEX workflow_by_name ON orleansstorage
  (state_code, word, name_lower, grainidextensionstring) WHERE state_code IS NOT NULL;
CREATE INDEX workflow_by_first_received_at ON orleansstorage
  (state_code, word, first_received_at, grainidextensionstring, attention, status_normalised) WHERE state_code IS NOT NULL;

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
  substr(grainidextensionstring, 4) AS workflow_id, grainidextensionstring AS key, name, name_lower, status, status_normalised,
  CASE WHEN state_code = 0 THEN NULL WHEN state_code < 3 THEN state_code - 1 ELSE 2 END AS phase,
  CASE WHEN state_code < 3 THEN NULL ELSE state_code - 3 END AS outcome,
  attention, node_types, workflow_version AS version, seq, first_received_at, last_received_at, changed_at, state_code, word
FROM orleansstorage WHERE state_code IS NOT NULL;

-- Conditions that the two indexes of keys serve.
UPDATE orleansquery SET querytext = replace(
  replace(
    querytext,
    'ifnull(grainidextensionstring, x'''') = ifnull(@GrainIdExtensionString, x'''')',
    '(grainidextensionstring = @GrainIdExtensionString OR grainidextensionstring IS NULL AND @GrainIdExtensionString IS NULL)'),
  'ON CONFLICT (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, ifnull(grainidextensionstring, x''''), serviceid)
  DO UPDATE',
  'ON CONFLICT DO UPDATE')
WHERE querykey LIKE '%StorageKey';
