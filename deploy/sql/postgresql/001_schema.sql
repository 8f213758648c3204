-- The whole schema of an empty database. Scripts with higher numbers upgrade older databases and do nothing in a new
-- one; what they change is in this one too (ADR 0004). Times are Unix milliseconds: to_timestamp(changed_at / 1000.0)
-- shows them.
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

-- No notification is in these indexes: they cost its write nothing.
CREATE INDEX receipt_refold ON receipt (workflow_id, seq) WHERE kind = 1;
CREATE INDEX receipt_refold_by_job ON receipt (source) WHERE kind = 1;

-- The feed reads receipts in this order.
CREATE UNIQUE INDEX receipt_by_position ON receipt (position) WHERE position IS NOT NULL;

-- Without a cache: a reader that sees a position knows that every smaller one has been drawn.
CREATE SEQUENCE receipt_position CACHE 1;

-- The state of a workflow, and beside it what lists need of it, in one row: a commit writes one row and its receipts.
-- The columns up to version, and payloadbinary, are those of Microsoft.Orleans.Persistence.AdoNet. fillfactor: each
-- page has room for one more version of a state row; what is dead there is removed before the next one comes. With more
-- room the table has more pages, and appending a page is the most expensive step of a first notification.
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

-- Bodies and states of wide workflows are compressed; LZ4 costs a fraction of the default. A server without LZ4 keeps
-- the default.
DO $$
BEGIN
  ALTER TABLE receipt ALTER COLUMN body SET COMPRESSION lz4;
  ALTER TABLE receipt ALTER COLUMN changes SET COMPRESSION lz4;
  ALTER TABLE orleansstorage ALTER COLUMN payloadbinary SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  RAISE NOTICE 'This server has no LZ4: wide workflows cost more.';
END
$$;

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
  substr(grainidextensionstring, 4) COLLATE "C" AS workflow_id, grainidextensionstring AS key, name, name_lower, status,
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
  workflow_id     text COLLATE "C" NOT NULL PRIMARY KEY,
  seq             bigint           NOT NULL,
  version         bigint           NOT NULL,
  vocabulary      text             NOT NULL,
  state           text             NOT NULL,
  deleted         smallint         NOT NULL,
  removed_through bigint           NOT NULL,
  made_at         timestamptz      NOT NULL DEFAULT now()
);

CREATE INDEX baseline_by_removed_through ON baseline (removed_through);

-- The highest position that was removed: the feed is not complete from a position below it. A trigger raises it,
-- whatever removes receipts.
CREATE TABLE change_horizon (position bigint NOT NULL);
INSERT INTO change_horizon VALUES (0);

CREATE FUNCTION change_horizon_rises() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE change_horizon h SET position = r.position FROM (SELECT max(position) AS position FROM removed) r WHERE r.position > h.position;
  RETURN NULL;
END
$$;

CREATE TRIGGER receipt_removed AFTER DELETE ON receipt
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION change_horizon_rises();

-- What identifies the history of positions beside what is stored: the server, its timeline, which a promotion changes,
-- and the table, which a restored dump makes again. What the role may not ask for, or the service does not have, is
-- left out.
CREATE TABLE change_epoch
(
  id            text   NOT NULL,
  -- The history in which this table was made: ids of events from before it belong to that one.
  first_history text   NOT NULL,
  -- What was removed up to here left no record in change_trimmed.
  begins_after  bigint NOT NULL
);

CREATE FUNCTION change_history() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  server   text := '';
  timeline text := '';
BEGIN
  IF pg_is_in_recovery() THEN
    RAISE EXCEPTION 'The server is a standby: its changes are not those of the primary yet.' USING ERRCODE = 'object_not_in_prerequisite_state';
  END IF;
  BEGIN
    SELECT system_identifier::text INTO server FROM pg_control_system();
  EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN
    server := '';
  END;
  BEGIN
    -- Not from the last checkpoint, which may be older than a promotion.
    timeline := left(pg_walfile_name(pg_current_wal_lsn()), 8);
  EXCEPTION WHEN insufficient_privilege OR feature_not_supported OR undefined_function THEN
    timeline := '';
  END;
  RETURN server || '/' || timeline || '/' || 'change_epoch'::regclass::oid::text;
END
$$;

INSERT INTO change_epoch (id, first_history, begins_after)
SELECT new.id, new.id || '/' || change_history(), 0 FROM (SELECT gen_random_uuid()::text AS id) new;

-- The last removed change of each workflow. The feed shows it in its place, so that a reader that missed it, or an
-- earlier one of its workflow, does not pass it unnoticed.
CREATE TABLE change_trimmed
(
  workflow_id text COLLATE "C" NOT NULL PRIMARY KEY,
  position    bigint   NOT NULL,
  receipt_id  uuid     NOT NULL,
  seq         bigint   NOT NULL,
  received_at bigint   NOT NULL,
  effect      smallint NOT NULL,
  version     bigint   NOT NULL
);

CREATE UNIQUE INDEX change_trimmed_by_position ON change_trimmed (position);

CREATE FUNCTION change_is_trimmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO change_trimmed AS t (workflow_id, position, receipt_id, seq, received_at, effect, version)
  SELECT DISTINCT ON (workflow_id) workflow_id, position, id, seq, received_at, effect, version
  FROM removed WHERE position IS NOT NULL ORDER BY workflow_id, position DESC
  ON CONFLICT (workflow_id) DO UPDATE SET
    position = excluded.position, receipt_id = excluded.receipt_id, seq = excluded.seq, received_at = excluded.received_at,
    effect = excluded.effect, version = excluded.version
  WHERE t.position < excluded.position;
  RETURN NULL;
END
$$;

CREATE TRIGGER receipt_trimmed AFTER DELETE ON receipt
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION change_is_trimmed();

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

-- What operators did: a row in the transaction of what was done. result is null while, or if, its end is not known.
CREATE TABLE operator_action
(
  id      uuid   NOT NULL PRIMARY KEY,
  at      bigint NOT NULL,
  name    text   NOT NULL,
  role    text   NOT NULL,
  address text,
  action  text   NOT NULL,
  subject text,
  detail  text,
  result  text
);
CREATE INDEX operator_action_by_subject ON operator_action (subject, id);

-- What of a workflow's attention an operator has put aside: the workflow's key, the bits, until when; null for good.
CREATE TABLE attention_review
(
  key       text COLLATE "C" NOT NULL PRIMARY KEY,
  attention integer          NOT NULL,
  until     bigint
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

-- Notifications that were refused.
CREATE TABLE rejected
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
  resent_answer     text,
  -- The kind of notification whose path it came to, as in the contract; null where the path named none.
  kind              text
);

-- What each process says of itself, in one row that it writes again every few seconds (ADR 0048). reported_at: by the
-- clock of the database. figures: JSON.
CREATE TABLE process
(
  name        text COLLATE "C" NOT NULL PRIMARY KEY,
  kind        smallint         NOT NULL,
  version     text             NOT NULL,
  started_at  bigint           NOT NULL,
  reported_at bigint           NOT NULL,
  figures     text             NOT NULL
) WITH (fillfactor = 50);

-- Outages and bursts of refusals as each process saw them (ADR 0049); those of one time are one incident to a reader.
-- kind: 0 outage, 1 refusals. until: null while it lasts. requests: how many it refused.
CREATE TABLE incident
(
  id         uuid             NOT NULL PRIMARY KEY,
  process    text COLLATE "C" NOT NULL,
  kind       smallint         NOT NULL,
  since      bigint           NOT NULL,
  until      bigint,
  updated_at bigint           NOT NULL,
  requests   bigint           NOT NULL,
  what       text             NOT NULL
);

CREATE INDEX incident_by_since ON incident (since, id);

-- Every vocabulary under which receipts were folded. document: the whole vocabulary, JSON.
CREATE TABLE vocabulary
(
  fingerprint text NOT NULL PRIMARY KEY,
  document    text NOT NULL,
  kept_since  bigint NOT NULL
);

-- The one in force: a silo with another one does not start.
CREATE TABLE vocabulary_in_force
(
  only_row    smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
  fingerprint text NOT NULL REFERENCES vocabulary (fingerprint),
  since       bigint NOT NULL
);

-- How often each word was received, counted beside the notifications: approximate.
CREATE TABLE word
(
  word              text COLLATE "C" NOT NULL PRIMARY KEY,
  count             bigint NOT NULL,
  first_received_at bigint NOT NULL,
  last_received_at  bigint NOT NULL
);

-- Refolds of all workflows. position: the last workflow that is done, in the order of the ids. owner: the silo that
-- works on it, alone until lease_until. At most one job is under way.
CREATE TABLE refold_job
(
  id          uuid NOT NULL PRIMARY KEY,
  vocabulary  text NOT NULL,
  started_at  bigint NOT NULL,
  finished_at bigint,
  position    text COLLATE "C" NOT NULL,
  total       bigint NOT NULL,
  done        bigint NOT NULL,
  failed      bigint NOT NULL,
  owner       text,
  lease_until bigint NOT NULL
);

CREATE UNIQUE INDEX refold_job_under_way ON refold_job ((finished_at IS NULL)) WHERE finished_at IS NULL;

-- What Microsoft.Orleans.Persistence.AdoNet needs. Its documented scripts let two first writes of one grain both
-- succeed; the unique indexes above and an insert that cannot double do not.
CREATE TABLE orleansquery
(
  querykey  varchar(64)   NOT NULL PRIMARY KEY,
  querytext varchar(8000) NOT NULL
);

INSERT INTO orleansquery (querykey, querytext) VALUES
('WriteToStorageKey', '
  WITH updated AS (
    UPDATE orleansstorage SET payloadbinary = @PayloadBinary, modifiedon = now() AT TIME ZONE ''utc'', version = version + 1
    WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
      AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString::text OR grainidextensionstring IS NULL AND @GrainIdExtensionString::text IS NULL)
      AND serviceid = @ServiceId AND version = @GrainStateVersion::integer
    RETURNING version
  ), inserted AS (
    INSERT INTO orleansstorage
      (grainidhash, grainidn0, grainidn1, graintypehash, graintypestring, grainidextensionstring, serviceid, payloadbinary, modifiedon, version)
    SELECT
      @GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString::text, @ServiceId, @PayloadBinary,
      now() AT TIME ZONE ''utc'', 1
    WHERE @GrainStateVersion::integer IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version
  )
  SELECT version AS NewGrainStateVersion FROM updated UNION ALL SELECT version FROM inserted
'),
('ReadFromStorageKey', '
  SELECT payloadbinary AS PayloadBinary, now() AT TIME ZONE ''utc'', version AS Version
  FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString::text OR grainidextensionstring IS NULL AND @GrainIdExtensionString::text IS NULL)
    AND serviceid = @ServiceId
'),
('ClearStorageKey', '
  UPDATE orleansstorage SET payloadbinary = NULL, modifiedon = now() AT TIME ZONE ''utc'', version = version + 1
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString::text OR grainidextensionstring IS NULL AND @GrainIdExtensionString::text IS NULL)
    AND serviceid = @ServiceId AND version = @GrainStateVersion::integer
  RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
  DELETE FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND (grainidextensionstring = @GrainIdExtensionString::text OR grainidextensionstring IS NULL AND @GrainIdExtensionString::text IS NULL)
    AND serviceid = @ServiceId AND version = @GrainStateVersion::integer
  RETURNING version + 1 AS NewGrainStateVersion
');

-- What Microsoft.Orleans.Clustering.AdoNet needs: one row for each silo, and one version for each cluster that every
-- change of membership must raise, so that two silos never change it side by side.
CREATE TABLE orleansmembershipversiontable
(
  deploymentid varchar(150)   NOT NULL PRIMARY KEY,
  timestamp    timestamptz(3) NOT NULL DEFAULT now(),
  version      integer        NOT NULL DEFAULT 0
);

CREATE TABLE orleansmembershiptable
(
  deploymentid varchar(150)   NOT NULL REFERENCES orleansmembershipversiontable (deploymentid),
  address      varchar(45)    NOT NULL,
  port         integer        NOT NULL,
  generation   integer        NOT NULL,
  siloname     varchar(150)   NOT NULL,
  hostname     varchar(150)   NOT NULL,
  status       integer        NOT NULL,
  proxyport    integer,
  suspecttimes varchar(8000),
  starttime    timestamptz(3) NOT NULL,
  iamalivetime timestamptz(3) NOT NULL,
  PRIMARY KEY (deploymentid, address, port, generation)
);

-- Both changes are one statement: either the row and the version change, or neither. A lost race answers 0.
INSERT INTO orleansquery (querykey, querytext) VALUES
('InsertMembershipVersionKey', '
  WITH inserted AS (
    INSERT INTO orleansmembershipversiontable (deploymentid) VALUES (@DeploymentId)
    ON CONFLICT DO NOTHING
    RETURNING 1
  )
  SELECT count(*)::integer FROM inserted
'),
('InsertMembershipKey', '
  WITH versioned AS (
    UPDATE orleansmembershipversiontable SET timestamp = now(), version = version + 1
    WHERE deploymentid = @DeploymentId AND version = @Version
      AND NOT EXISTS (
        SELECT 1 FROM orleansmembershiptable
        WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING deploymentid
  ), inserted AS (
    INSERT INTO orleansmembershiptable
      (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
    SELECT deploymentid, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM versioned
    RETURNING 1
  )
  SELECT count(*)::integer FROM inserted
'),
('UpdateMembershipKey', '
  WITH versioned AS (
    UPDATE orleansmembershipversiontable SET timestamp = now(), version = version + 1
    WHERE deploymentid = @DeploymentId AND version = @Version
      AND EXISTS (
        SELECT 1 FROM orleansmembershiptable
        WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING deploymentid
  ), updated AS (
    UPDATE orleansmembershiptable AS m SET status = @Status, suspecttimes = @SuspectTimes, iamalivetime = @IAmAliveTime
    FROM versioned
    WHERE m.deploymentid = versioned.deploymentid AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
    RETURNING 1
  )
  SELECT count(*)::integer FROM updated
'),
('UpdateIAmAlivetimeKey', '
  UPDATE orleansmembershiptable SET iamalivetime = @IAmAliveTime
  WHERE deploymentid = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
'),
('MembershipReadRowKey', '
  SELECT v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport, m.suspecttimes,
    m.starttime, m.iamalivetime, v.version
  FROM orleansmembershipversiontable v
  LEFT JOIN orleansmembershiptable m
    ON m.deploymentid = v.deploymentid AND m.address = @Address AND m.port = @Port AND m.generation = @Generation
  WHERE v.deploymentid = @DeploymentId
'),
('MembershipReadAllKey', '
  SELECT v.deploymentid, m.address, m.port, m.generation, m.siloname, m.hostname, m.status, m.proxyport, m.suspecttimes,
    m.starttime, m.iamalivetime, v.version
  FROM orleansmembershipversiontable v
  LEFT JOIN orleansmembershiptable m ON m.deploymentid = v.deploymentid
  WHERE v.deploymentid = @DeploymentId
'),
('DeleteMembershipTableEntriesKey', '
  DELETE FROM orleansmembershiptable WHERE deploymentid = @DeploymentId;
  DELETE FROM orleansmembershipversiontable WHERE deploymentid = @DeploymentId;
'),
('GatewaysQueryKey', '
  SELECT address, proxyport, generation FROM orleansmembershiptable
  WHERE deploymentid = @DeploymentId AND status = @Status AND proxyport > 0
'),
('CleanupDefunctSiloEntriesKey', '
  DELETE FROM orleansmembershiptable
  WHERE deploymentid = @DeploymentId AND iamalivetime < @IAmAliveTime AND status <> 3
');
