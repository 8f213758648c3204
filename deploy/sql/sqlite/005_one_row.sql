-- Only if: SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'workflow'
-- A workflow's state and its row in the list, in one row: a notification changes both, and each page that it changes goes to the log, to
-- the file and through a flush. What was the list's tables are views of it.
DROP INDEX orleansstorage_identity;
ALTER TABLE orleansstorage RENAME TO orleansstorage_before;

CREATE TABLE orleansstorage
(
  grainidhash            INTEGER NOT NULL,
  grainidn0              INTEGER NOT NULL,
  grainidn1              INTEGER NOT NULL,
  graintypehash          INTEGER NOT NULL,
  graintypestring        TEXT    NOT NULL,
  grainidextensionstring TEXT,
  serviceid              TEXT    NOT NULL,
  modifiedon             TEXT    NOT NULL,
  version                INTEGER,
  -- The row in the list; null of any other state, and of a workflow that was deleted.
  workflow_id            TEXT,
  name                   TEXT,
  name_lower             TEXT,
  status                 TEXT,
  status_normalised      TEXT,
  phase                  INTEGER,
  outcome                INTEGER,
  attention              INTEGER,
  node_types             TEXT,
  workflow_version       INTEGER,
  seq                    INTEGER,
  first_received_at      INTEGER,
  last_received_at       INTEGER,
  changed_at             INTEGER,
  standing               INTEGER,
  -- Behind what the list reads: what is long lies on pages of its own.
  payloadbinary          BLOB
);

INSERT INTO orleansstorage
SELECT
  s.grainidhash, s.grainidn0, s.grainidn1, s.graintypehash, s.graintypestring, s.grainidextensionstring, s.serviceid, s.modifiedon, s.version,
  w.workflow_id, w.name, w.name_lower, w.status, w.status_normalised, w.phase, w.outcome, w.attention, w.node_types, w.version, w.seq,
  w.first_received_at, w.last_received_at, w.changed_at, w.standing, s.payloadbinary
FROM orleansstorage_before s
LEFT JOIN workflow w ON s.graintypestring = 'workflow' AND s.grainidextensionstring LIKE 'wf/%' AND w.workflow_id = substr(s.grainidextensionstring, 4);

DROP TABLE orleansstorage_before;
DROP TABLE workflow;
DROP TABLE workflow_order;

CREATE UNIQUE INDEX orleansstorage_identity ON orleansstorage
  (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, ifnull(grainidextensionstring, x''), serviceid);

-- An index for each order within each standing and status, so that a page costs the same at any depth and any number of workflows: it is
-- merged from those of the standings and statuses that it may come from. States that are not in the list are in none. A change that moves
-- nothing but the time of change is written to the index by it alone; those of the attention are nearly empty. One holds the attention
-- beside its key, so that workflows are counted from it.
CREATE UNIQUE INDEX workflow_by_id ON orleansstorage (workflow_id) WHERE workflow_id IS NOT NULL;
CREATE INDEX workflow_by_changed_at ON orleansstorage (standing, status_normalised, changed_at, workflow_id) WHERE workflow_id IS NOT NULL;
CREATE INDEX workflow_by_name ON orleansstorage (standing, status_normalised, name_lower, workflow_id) WHERE workflow_id IS NOT NULL;
CREATE INDEX workflow_by_first_received_at ON orleansstorage (standing, status_normalised, first_received_at, workflow_id, attention) WHERE workflow_id IS NOT NULL;
CREATE INDEX workflow_conflicting_outcome_by_changed_at ON orleansstorage (changed_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 1) <> 0;
CREATE INDEX workflow_conflicting_outcome_by_name ON orleansstorage (name_lower, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 1) <> 0;
CREATE INDEX workflow_conflicting_outcome_by_first_received_at ON orleansstorage (first_received_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 1) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_changed_at ON orleansstorage (changed_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 2) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_name ON orleansstorage (name_lower, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 2) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_first_received_at ON orleansstorage (first_received_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 2) <> 0;
CREATE INDEX workflow_unrecognised_status_by_changed_at ON orleansstorage (changed_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_status_by_name ON orleansstorage (name_lower, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_status_by_first_received_at ON orleansstorage (first_received_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 4) <> 0;
CREATE INDEX workflow_several_sources_by_changed_at ON orleansstorage (changed_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 8) <> 0;
CREATE INDEX workflow_several_sources_by_name ON orleansstorage (name_lower, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 8) <> 0;
CREATE INDEX workflow_several_sources_by_first_received_at ON orleansstorage (first_received_at, workflow_id) WHERE workflow_id IS NOT NULL AND (attention & 8) <> 0;

CREATE VIEW workflow AS
SELECT
  workflow_id, name, name_lower, status, status_normalised, phase, outcome, attention, node_types, workflow_version AS version, seq,
  first_received_at, last_received_at, changed_at, standing
FROM orleansstorage WHERE workflow_id IS NOT NULL;

CREATE VIEW workflow_order AS
SELECT workflow_id, name_lower, first_received_at, standing, status_normalised, attention FROM orleansstorage WHERE workflow_id IS NOT NULL;

-- Deleting a workflow from the list leaves its state.
CREATE TRIGGER workflow_removed INSTEAD OF DELETE ON workflow
BEGIN
  UPDATE orleansstorage SET
    workflow_id = NULL, name = NULL, name_lower = NULL, status = NULL, status_normalised = NULL, phase = NULL, outcome = NULL, attention = NULL,
    node_types = NULL, workflow_version = NULL, seq = NULL, first_received_at = NULL, last_received_at = NULL, changed_at = NULL, standing = NULL
  WHERE workflow_id = OLD.workflow_id;
END;

CREATE TRIGGER workflow_order_removed INSTEAD OF DELETE ON workflow_order
BEGIN
  DELETE FROM workflow WHERE workflow_id = OLD.workflow_id;
END;
