-- Only if: SELECT (to_regclass('fact') IS NULL)::int
-- Facts: notifications that are no status changes (ADR 0043). In the order of their acceptance.
--
-- kind: 0 list_completion, 1 call_completion, 2 custom_node, 3 waba_status, 4 chatbot_session, 5 dialer, 6 unknown.
-- effect: 0 duplicate, 4 recorded, 5 differs. node: empty for facts of the workflow itself; workflow_id is empty too if
-- the vendor names none. identity: what makes it the same fact when it comes again, hashed; of one that differs, with
-- its body; null of a duplicate. variant: the identity hashed with the body. case_hash and callee_hash: keyed hashes, by
-- which the facts of a person are found; what they were is in the body alone.
CREATE TABLE fact
(
  position    bigint           GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id          uuid             NOT NULL UNIQUE,
  workflow_id text COLLATE "C" NOT NULL,
  node        text COLLATE "C" NOT NULL,
  kind        smallint         NOT NULL,
  effect      smallint         NOT NULL,
  identity    uuid,
  variant     uuid             NOT NULL,
  received_at bigint           NOT NULL,
  occurred_at bigint,
  source      text             NOT NULL,
  value       text,
  task_id     text,
  case_hash   uuid,
  callee_hash uuid,
  body        bytea            NOT NULL
);

DO $$
BEGIN
  ALTER TABLE fact ALTER COLUMN body SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;
END
$$;

CREATE UNIQUE INDEX fact_by_identity ON fact (identity) WHERE identity IS NOT NULL;
CREATE INDEX fact_by_workflow ON fact (workflow_id, position);
CREATE INDEX fact_by_node ON fact (workflow_id, node, position);
CREATE INDEX fact_by_case ON fact (case_hash, position) WHERE case_hash IS NOT NULL;
CREATE INDEX fact_by_callee ON fact (callee_hash, position) WHERE callee_hash IS NOT NULL;

-- How many facts there are with a value, which is empty where none is known. Written in the statement that writes the
-- facts. different: how many more bodies there were than facts.
CREATE TABLE fact_count
(
  workflow_id text COLLATE "C" NOT NULL,
  node        text COLLATE "C" NOT NULL,
  kind        smallint         NOT NULL,
  value       text COLLATE "C" NOT NULL,
  count       bigint           NOT NULL,
  different   bigint           NOT NULL,
  PRIMARY KEY (workflow_id, node, kind, value)
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);

-- What removed facts give, in the columns of fact_count: the counts are those of the facts and of this.
CREATE TABLE fact_baseline
(
  workflow_id text COLLATE "C" NOT NULL,
  node        text COLLATE "C" NOT NULL,
  kind        smallint         NOT NULL,
  value       text COLLATE "C" NOT NULL,
  count       bigint           NOT NULL,
  different   bigint           NOT NULL,
  PRIMARY KEY (workflow_id, node, kind, value)
);

-- Persons who were erased. Of a fact about one the body is not kept, whenever it comes.
CREATE TABLE erased_callee
(
  callee_hash uuid   NOT NULL PRIMARY KEY,
  erased_at   bigint NOT NULL
);

-- The key of the hashes. With it, numbers can be tried until one is found.
CREATE TABLE fact_key
(
  only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
  key      bytea    NOT NULL
);
INSERT INTO fact_key (only_row, key)
SELECT 1, uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());

-- What was removed of the facts. position: the last that was removed for its age; the feed is not complete before it.
-- removed, receipt_id: the last that was removed at all, also with its workflow. bodies_until: no fact up to this id has
-- a body. revision: rises when facts or bodies are removed or persons are erased; what a process holds in memory of
-- before is not shown.
CREATE TABLE fact_horizon
(
  position     bigint NOT NULL,
  removed      bigint NOT NULL,
  receipt_id   uuid,
  bodies_until uuid   NOT NULL,
  revision     bigint NOT NULL
);
INSERT INTO fact_horizon (position, removed, bodies_until, revision)
VALUES (0, 0, '00000000-0000-0000-0000-000000000000', 0);

CREATE FUNCTION fact_is_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE fact_horizon h SET
    removed = greatest(h.removed, r.position),
    receipt_id = CASE WHEN r.position > h.removed THEN r.id ELSE h.receipt_id END,
    revision = h.revision + 1
  FROM (SELECT position, id FROM removed ORDER BY position DESC LIMIT 1) r;
  RETURN NULL;
END
$$;

CREATE TRIGGER fact_removed AFTER DELETE ON fact
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION fact_is_removed();

CREATE FUNCTION callee_is_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE fact_horizon SET revision = revision + 1;
  RETURN NULL;
END
$$;

CREATE TRIGGER callee_erased AFTER INSERT ON erased_callee
  FOR EACH STATEMENT EXECUTE FUNCTION callee_is_erased();
