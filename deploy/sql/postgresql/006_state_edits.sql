-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- A long state is written whole now and then; in between only how it differs from that. A row then stays short: nothing of it is compressed,
-- stored out of line and logged anew for each change. Edits count for the version that they were written with; who writes a state whole,
-- as the provider does, need not know of them.
ALTER TABLE orleansstorage ADD COLUMN IF NOT EXISTS edits bytea;
ALTER TABLE orleansstorage ADD COLUMN IF NOT EXISTS edits_version integer;

-- Edits ascend; each is three numbers of four bytes (where it is, how many bytes go, how many come) and the bytes that come.
CREATE OR REPLACE FUNCTION orleansstorage_edit(payload bytea, edits bytea) RETURNS bytea
  LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS
$$
DECLARE
  edited bytea := '';
  known  integer := 0;
  place  integer := 1;
  at     integer;
  gone   integer;
  come   integer;
BEGIN
  WHILE place <= length(edits) LOOP
    at := ('x' || encode(substring(edits FROM place FOR 4), 'hex'))::bit(32)::integer;
    gone := ('x' || encode(substring(edits FROM place + 4 FOR 4), 'hex'))::bit(32)::integer;
    come := ('x' || encode(substring(edits FROM place + 8 FOR 4), 'hex'))::bit(32)::integer;
    edited := edited || substring(payload FROM known + 1 FOR at - known) || substring(edits FROM place + 12 FOR come);
    known := at + gone;
    place := place + 12 + come;
  END LOOP;
  RETURN edited || substring(payload FROM known + 1);
END
$$;

-- The state of a row.
CREATE OR REPLACE FUNCTION orleansstorage_payload(stored orleansstorage) RETURNS bytea
  LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$
  SELECT CASE WHEN stored.edits_version = stored.version THEN coalesce(orleansstorage_edit(stored.payloadbinary, stored.edits), stored.payloadbinary)
    ELSE stored.payloadbinary END
$$;

UPDATE orleansquery SET querytext = replace(querytext, 'SELECT payloadbinary AS', 'SELECT orleansstorage_payload(orleansstorage) AS')
WHERE querykey = 'ReadFromStorageKey';

-- Without a payload, but with edits, the row keeps the payload that it has.
ALTER TYPE commit_state DROP ATTRIBUTE IF EXISTS edits, ADD ATTRIBUTE edits bytea;
