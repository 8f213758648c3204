-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- What Microsoft.Orleans.Persistence.AdoNet needs, in our own words. Differs from the documented scripts where those allow two
-- first writes of one grain to both succeed: a unique index, and an insert that cannot double.
CREATE TABLE IF NOT EXISTS orleansquery
(
  querykey  varchar(64)   NOT NULL PRIMARY KEY,
  querytext varchar(8000) NOT NULL
);

CREATE TABLE IF NOT EXISTS orleansstorage
(
  grainidhash            integer      NOT NULL,
  grainidn0              bigint       NOT NULL,
  grainidn1              bigint       NOT NULL,
  graintypehash          integer      NOT NULL,
  graintypestring        varchar(512) NOT NULL,
  -- Two vendor ids of 128 characters, escaped, do not fit into the documented 512.
  grainidextensionstring text COLLATE "C",
  serviceid              varchar(150) NOT NULL,
  payloadbinary          bytea,
  modifiedon             timestamp    NOT NULL,
  version                integer
) WITH (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05);

CREATE UNIQUE INDEX IF NOT EXISTS orleansstorage_identity ON orleansstorage
  (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid) NULLS NOT DISTINCT;

-- Ends a write whose row has vanished since it was read: an insert in its place would bring back what somebody has deleted.
CREATE OR REPLACE FUNCTION orleansstorage_row_vanished(grainkey text) RETURNS boolean
  LANGUAGE plpgsql AS
$$
BEGIN
  RAISE EXCEPTION 'The state row of grain % has vanished since it was read.', grainkey USING ERRCODE = 'no_data_found';
END
$$;

INSERT INTO orleansquery (querykey, querytext) VALUES
('WriteToStorageKey', '
  WITH updated AS (
    UPDATE orleansstorage SET payloadbinary = @PayloadBinary, modifiedon = now() AT TIME ZONE ''utc'', version = version + 1
    WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
      AND graintypestring = @GrainTypeString AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::text
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
    AND graintypestring = @GrainTypeString AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::text
    AND serviceid = @ServiceId
'),
('ClearStorageKey', '
  UPDATE orleansstorage SET payloadbinary = NULL, modifiedon = now() AT TIME ZONE ''utc'', version = version + 1
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::text
    AND serviceid = @ServiceId AND version = @GrainStateVersion::integer
  RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
  DELETE FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND grainidextensionstring IS NOT DISTINCT FROM @GrainIdExtensionString::text
    AND serviceid = @ServiceId AND version = @GrainStateVersion::integer
  RETURNING version + 1 AS NewGrainStateVersion
')
ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext;
