-- The whole schema of an empty database. Scripts with higher numbers upgrade older databases and do nothing in a new
-- one; what they change is in this one too (ADR 0004). Times are Unix milliseconds.
--
-- effect: 0 duplicate, 1 stale, 2 advanced, 3 conflict; of a fact 0, 4 recorded, 5 differs.
-- phase: 0 scheduled, 1 active, 2 ended. outcome: 0 completed, 1 cancelled, 2 failed.
-- attention, bits: 1 conflicting_outcome, 2 unfinished_tasks, 4 unrecognised_status, 8 several_sources.

-- The journal: accepted notifications. changes: the transitions of a receipt that raised the version, a JSON array in
-- the order in which they were made. position: the place of the changes in the feed, null without changes.
-- kind: 0 a notification; 1 a refold, which has no body: from here on the state is the fold of everything before it
-- under its vocabulary, and source is the job that asked for it; 2 an introduction, of nodes that facts are about.
CREATE TABLE receipt
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

-- No notification is in these indexes: they cost its write nothing.
CREATE INDEX receipt_refold ON receipt (workflow_id, seq) WHERE kind = 1;
CREATE INDEX receipt_refold_by_job ON receipt (source) WHERE kind = 1;

-- The feed reads receipts in this order.
CREATE UNIQUE INDEX receipt_by_position ON receipt (position) WHERE position IS NOT NULL;

-- The state of a workflow, and beside it what lists need of it, in one row: a commit writes one row and its receipts.
-- The columns up to version, and payloadbinary, are those of Microsoft.Orleans.Persistence.AdoNet.
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
  -- Behind what lists read: what is long lies on pages of its own.
  payloadbinary          BLOB
);

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
  (state_code, word, first_received_at, grainidextensionstring, attention, status_normalised)
  WHERE state_code IS NOT NULL;

-- Those of workflows that need attention are nearly empty.
CREATE INDEX workflow_conflicting_outcome_by_changed_at ON orleansstorage
  (changed_at, grainidextensionstring) WHERE (attention & 1) <> 0;
CREATE INDEX workflow_conflicting_outcome_by_name ON orleansstorage
  (name_lower, grainidextensionstring) WHERE (attention & 1) <> 0;
CREATE INDEX workflow_conflicting_outcome_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 1) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_changed_at ON orleansstorage
  (changed_at, grainidextensionstring) WHERE (attention & 2) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_name ON orleansstorage
  (name_lower, grainidextensionstring) WHERE (attention & 2) <> 0;
CREATE INDEX workflow_unfinished_tasks_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 2) <> 0;
CREATE INDEX workflow_unrecognised_status_by_changed_at ON orleansstorage
  (changed_at, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_status_by_name ON orleansstorage
  (name_lower, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_unrecognised_status_by_first_received_at ON orleansstorage
  (first_received_at, grainidextensionstring) WHERE (attention & 4) <> 0;
CREATE INDEX workflow_several_sources_by_changed_at ON orleansstorage
  (changed_at, grainidextensionstring) WHERE (attention & 8) <> 0;
CREATE INDEX workflow_several_sources_by_name ON orleansstorage
  (name_lower, grainidextensionstring) WHERE (attention & 8) <> 0;
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
  substr(grainidextensionstring, 4) AS workflow_id, grainidextensionstring AS key, name, name_lower, status,
  status_normalised,
  CASE WHEN state_code = 0 THEN NULL WHEN state_code < 3 THEN state_code - 1 ELSE 2 END AS phase,
  CASE WHEN state_code < 3 THEN NULL ELSE state_code - 3 END AS outcome,
  attention, node_types, workflow_version AS version, seq, first_received_at, last_received_at, changed_at,
  state_code, word
FROM orleansstorage WHERE state_code IS NOT NULL;

-- The fold of the receipts of a workflow that retention removed, up to seq; replay starts from it. deleted: 1 for a
-- tombstone, of a workflow that was deleted. removed_through: the latest time of receipt among those removed.
CREATE TABLE baseline
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

CREATE INDEX baseline_by_removed_through ON baseline (removed_through);

-- The highest position that was removed: the feed is not complete from a position below it. A trigger raises it,
-- whatever removes receipts.
CREATE TABLE change_horizon (position INTEGER NOT NULL);
INSERT INTO change_horizon VALUES (0);

CREATE TRIGGER receipt_removed AFTER DELETE ON receipt WHEN OLD.position IS NOT NULL
BEGIN
  UPDATE change_horizon SET position = OLD.position WHERE position < OLD.position;
END;

-- What identifies the history of positions.
CREATE TABLE change_epoch
(
  id            TEXT    NOT NULL,
  -- The history in which this table was made: ids of events from before it belong to that one.
  first_history TEXT    NOT NULL,
  -- What was removed up to here left no record in change_trimmed.
  begins_after  INTEGER NOT NULL
);

INSERT INTO change_epoch (id, first_history, begins_after)
SELECT id, id || '/', 0 FROM (SELECT lower(hex(randomblob(16))) AS id);

-- The last removed change of each workflow. The feed shows it in its place, so that a reader that missed it, or an
-- earlier one of its workflow, does not pass it unnoticed.
CREATE TABLE change_trimmed
(
  workflow_id TEXT    NOT NULL PRIMARY KEY,
  position    INTEGER NOT NULL,
  receipt_id  BLOB    NOT NULL,
  seq         INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  effect      INTEGER NOT NULL,
  version     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE UNIQUE INDEX change_trimmed_by_position ON change_trimmed (position);

CREATE TRIGGER receipt_trimmed AFTER DELETE ON receipt WHEN OLD.position IS NOT NULL
BEGIN
  INSERT INTO change_trimmed (workflow_id, position, receipt_id, seq, received_at, effect, version)
  VALUES (OLD.workflow_id, OLD.position, OLD.id, OLD.seq, OLD.received_at, OLD.effect, OLD.version)
  ON CONFLICT (workflow_id) DO UPDATE SET
    position = excluded.position, receipt_id = excluded.receipt_id, seq = excluded.seq, received_at = excluded.received_at,
    effect = excluded.effect, version = excluded.version
  WHERE excluded.position > change_trimmed.position;
END;

-- Facts: notifications that are no status changes (ADR 0043). In the order of their acceptance.
--
-- kind: 0 list_completion, 1 call_completion, 2 custom_node, 3 waba_status, 4 chatbot_session, 5 dialer, 6 unknown.
-- effect: 0 duplicate, 4 recorded, 5 differs. node: empty for facts of the workflow itself; workflow_id is empty too if
-- the vendor names none. identity: what makes it the same fact when it comes again, hashed; of one that differs, with
-- its body; null of a duplicate. variant: the identity hashed with the body. case_hash and callee_hash: keyed hashes, by
-- which the facts of a person are found; what they were is in the body alone.
CREATE TABLE fact
(
  position    INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  id          BLOB    NOT NULL UNIQUE,
  workflow_id TEXT    NOT NULL,
  node        TEXT    NOT NULL,
  kind        INTEGER NOT NULL,
  effect      INTEGER NOT NULL,
  identity    BLOB,
  variant     BLOB    NOT NULL,
  received_at INTEGER NOT NULL,
  occurred_at INTEGER,
  source      TEXT    NOT NULL,
  value       TEXT,
  task_id     TEXT,
  case_hash   BLOB,
  callee_hash BLOB,
  body        BLOB    NOT NULL
);

CREATE UNIQUE INDEX fact_by_identity ON fact (identity) WHERE identity IS NOT NULL;
CREATE INDEX fact_by_workflow ON fact (workflow_id, position);
CREATE INDEX fact_by_node ON fact (workflow_id, node, position);
CREATE INDEX fact_by_case ON fact (case_hash, position) WHERE case_hash IS NOT NULL;
CREATE INDEX fact_by_callee ON fact (callee_hash, position) WHERE callee_hash IS NOT NULL;

-- How many facts there are with a value, which is empty where none is known. Written in the statement that writes the
-- facts. different: how many more bodies there were than facts.
CREATE TABLE fact_count
(
  workflow_id TEXT    NOT NULL,
  node        TEXT    NOT NULL,
  kind        INTEGER NOT NULL,
  value       TEXT    NOT NULL,
  count       INTEGER NOT NULL,
  different   INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, node, kind, value)
);

-- What removed facts give, in the columns of fact_count: the counts are those of the facts and of this.
CREATE TABLE fact_baseline
(
  workflow_id TEXT    NOT NULL,
  node        TEXT    NOT NULL,
  kind        INTEGER NOT NULL,
  value       TEXT    NOT NULL,
  count       INTEGER NOT NULL,
  different   INTEGER NOT NULL,
  PRIMARY KEY (workflow_id, node, kind, value)
);

-- What operators did: a row in the transaction of what was done. result is null while, or if, its end is not known.
CREATE TABLE operator_action
(
  id      BLOB    NOT NULL PRIMARY KEY,
  at      INTEGER NOT NULL,
  name    TEXT    NOT NULL,
  role    TEXT    NOT NULL,
  address TEXT,
  action  TEXT    NOT NULL,
  subject TEXT,
  detail  TEXT,
  result  TEXT
);
CREATE INDEX operator_action_by_subject ON operator_action (subject, id);

-- What of a workflow's attention an operator has put aside: the workflow's key, the bits, until when; null for good.
CREATE TABLE attention_review
(
  key       TEXT    NOT NULL PRIMARY KEY,
  attention INTEGER NOT NULL,
  until     INTEGER
);

-- Persons who were erased. Of a fact about one the body is not kept, whenever it comes.
CREATE TABLE erased_callee
(
  callee_hash BLOB    NOT NULL PRIMARY KEY,
  erased_at   INTEGER NOT NULL
);

-- The key of the hashes. With it, numbers can be tried until one is found.
CREATE TABLE fact_key
(
  only_row INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  key      BLOB    NOT NULL
);
INSERT INTO fact_key (only_row, key) VALUES (1, randomblob(48));

-- What was removed of the facts. position: the last that was removed for its age; the feed is not complete before it.
-- removed, receipt_id: the last that was removed at all, also with its workflow. bodies_until: no fact up to this id has
-- a body. revision: rises when facts or bodies are removed or persons are erased; what a process holds in memory of
-- before is not shown.
CREATE TABLE fact_horizon
(
  position     INTEGER NOT NULL,
  removed      INTEGER NOT NULL,
  receipt_id   BLOB,
  bodies_until BLOB    NOT NULL,
  revision     INTEGER NOT NULL
);
INSERT INTO fact_horizon (position, removed, bodies_until, revision) VALUES (0, 0, zeroblob(16), 0);

CREATE TRIGGER fact_removed AFTER DELETE ON fact
BEGIN
  UPDATE fact_horizon SET
    removed = max(removed, OLD.position),
    receipt_id = CASE WHEN OLD.position > removed THEN OLD.id ELSE receipt_id END,
    revision = revision + 1;
END;

CREATE TRIGGER callee_erased AFTER INSERT ON erased_callee
BEGIN
  UPDATE fact_horizon SET revision = revision + 1;
END;

-- Notifications that were refused.
CREATE TABLE rejected
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
  resent_answer     TEXT,
  -- The kind of notification whose path it came to, as in the contract; null where the path named none.
  kind              TEXT
);

-- What each process says of itself, in one row that it writes again every few seconds (ADR 0048). figures: JSON.
CREATE TABLE process
(
  name        TEXT    NOT NULL PRIMARY KEY,
  kind        INTEGER NOT NULL,
  version     TEXT    NOT NULL,
  started_at  INTEGER NOT NULL,
  reported_at INTEGER NOT NULL,
  figures     TEXT    NOT NULL
);

-- Outages and bursts of refusals (ADR 0049). kind: 0 outage, 1 refusals. until: null while it lasts. requests: how many
-- it refused.
CREATE TABLE incident
(
  id         BLOB    NOT NULL PRIMARY KEY,
  process    TEXT    NOT NULL,
  kind       INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  until      INTEGER,
  updated_at INTEGER NOT NULL,
  requests   INTEGER NOT NULL,
  what       TEXT    NOT NULL
);

CREATE INDEX incident_by_since ON incident (since, id);

-- Every vocabulary under which receipts were folded. document: the whole vocabulary, JSON.
CREATE TABLE vocabulary
(
  fingerprint TEXT NOT NULL PRIMARY KEY,
  document    TEXT NOT NULL,
  kept_since  INTEGER NOT NULL
);

-- The one in force: a silo with another one does not start.
CREATE TABLE vocabulary_in_force
(
  only_row    INTEGER NOT NULL PRIMARY KEY CHECK (only_row = 1),
  fingerprint TEXT NOT NULL REFERENCES vocabulary (fingerprint),
  since       INTEGER NOT NULL
);

-- How often each word was received, counted beside the notifications: approximate.
CREATE TABLE word
(
  word              TEXT NOT NULL PRIMARY KEY,
  count             INTEGER NOT NULL,
  first_received_at INTEGER NOT NULL,
  last_received_at  INTEGER NOT NULL
);

-- Refolds of all workflows. position: the last workflow that is done, in the order of the ids. owner: the silo that
-- works on it, alone until lease_until. At most one job is under way.
CREATE TABLE refold_job
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

CREATE UNIQUE INDEX refold_job_under_way ON refold_job ((finished_at IS NULL)) WHERE finished_at IS NULL;

-- What Microsoft.Orleans.Persistence.AdoNet needs. No query holds BEGIN or COMMIT: a failure between them would leave a
-- pooled connection inside a transaction.
CREATE TABLE orleansquery
(
  querykey  TEXT NOT NULL PRIMARY KEY,
  querytext TEXT NOT NULL
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('WriteToStorageKey', '
  INSERT INTO orleansstorage
    (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
  SELECT
    @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary,
    datetime(''now''), 1
  WHERE @GrainStateVersion IS NULL OR EXISTS (
    SELECT 1 FROM orleansstorage
    WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
      AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString OR grainidextensionstring IS NULL AND @GrainIdExtensionString IS NULL)
      AND serviceid = @ServiceId)
  ON CONFLICT DO UPDATE SET payloadbinary = excluded.payloadbinary, modifiedon = excluded.modifiedon, version = version + 1
  WHERE version = @GrainStateVersion
  RETURNING version AS NewGrainStateVersion
'),
('ReadFromStorageKey', '
  SELECT payloadbinary AS PayloadBinary, version AS Version
  FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString OR grainidextensionstring IS NULL AND @GrainIdExtensionString IS NULL)
    AND serviceid = @ServiceId
'),
('ClearStorageKey', '
  UPDATE orleansstorage SET payloadbinary = NULL, modifiedon = datetime(''now''), version = version + 1
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString OR grainidextensionstring IS NULL AND @GrainIdExtensionString IS NULL)
    AND serviceid = @ServiceId AND version = @GrainStateVersion
  RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
  DELETE FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString OR grainidextensionstring IS NULL AND @GrainIdExtensionString IS NULL)
    AND serviceid = @ServiceId AND version = @GrainStateVersion
  RETURNING version + 1 AS NewGrainStateVersion
');
