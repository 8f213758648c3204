-- What identifies the history of positions beside what is stored: the server, its timeline, which a promotion changes, and the table
-- that a restored dump makes again. A role that may not ask for one of them, or a service that does not have it, goes without it.
CREATE TABLE IF NOT EXISTS change_epoch
(
  id            text   NOT NULL,
  -- The history in which this script ran: ids of events from before it belong to that one.
  first_history text   NOT NULL,
  -- What was removed up to here left no record in change_trimmed.
  begins_after  bigint NOT NULL
);

CREATE OR REPLACE FUNCTION change_history() RETURNS text LANGUAGE plpgsql STABLE AS $$
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
SELECT new.id, new.id || '/' || change_history(), h.position
FROM change_horizon h CROSS JOIN (SELECT gen_random_uuid()::text AS id) new WHERE NOT EXISTS (SELECT FROM change_epoch);

-- The last change of each workflow that was removed: it is read in its place, so that nobody who missed it, or others of its workflow
-- before it, passes them unknowing.
CREATE TABLE IF NOT EXISTS change_trimmed
(
  workflow_id text COLLATE "C" NOT NULL PRIMARY KEY,
  position    bigint   NOT NULL,
  receipt_id  uuid     NOT NULL,
  seq         bigint   NOT NULL,
  received_at bigint   NOT NULL,
  effect      smallint NOT NULL,
  version     bigint   NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS change_trimmed_by_position ON change_trimmed (position);

CREATE OR REPLACE FUNCTION change_is_trimmed() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE OR REPLACE TRIGGER receipt_trimmed AFTER DELETE ON receipt
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION change_is_trimmed();
