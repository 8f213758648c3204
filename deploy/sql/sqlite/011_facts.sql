-- Only if: SELECT count(*) = 0 FROM sqlite_master WHERE type = 'table' AND name = 'fact'
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
