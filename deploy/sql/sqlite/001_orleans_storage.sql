-- Only if: SELECT NOT EXISTS (SELECT 1 FROM pragma_table_info('orleansstorage') WHERE name = 'state_code')
-- What Microsoft.Orleans.Persistence.AdoNet needs, in our own words. No query holds BEGIN or COMMIT: a failure between them would
-- leave a pooled connection inside a transaction.
CREATE TABLE IF NOT EXISTS orleansquery
(
  querykey  TEXT NOT NULL PRIMARY KEY,
  querytext TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS orleansstorage
(
  grainidhash            INTEGER NOT NULL,
  grainidn0              INTEGER NOT NULL,
  grainidn1              INTEGER NOT NULL,
  graintypehash          INTEGER NOT NULL,
  graintypestring        TEXT    NOT NULL,
  grainidextensionstring TEXT,
  serviceid              TEXT    NOT NULL,
  payloadbinary          BLOB,
  modifiedon             TEXT    NOT NULL,
  version                INTEGER
);

-- SQLite holds nulls to be distinct in an index; an expression makes them one.
CREATE UNIQUE INDEX IF NOT EXISTS orleansstorage_identity ON orleansstorage
  (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, ifnull(grainidextensionstring, x''), serviceid);

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
      AND graintypestring = @GrainTypeString AND ifnull(grainidextensionstring, x'''') = ifnull(@GrainIdExtensionString, x'''')
      AND serviceid = @ServiceId)
  ON CONFLICT (grainidhash, graintypehash, grainidn0, grainidn1, graintypestring, ifnull(grainidextensionstring, x''''), serviceid)
  DO UPDATE SET payloadbinary = excluded.payloadbinary, modifiedon = excluded.modifiedon, version = version + 1
  WHERE version = @GrainStateVersion
  RETURNING version AS NewGrainStateVersion
'),
('ReadFromStorageKey', '
  SELECT payloadbinary AS PayloadBinary, version AS Version
  FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND ifnull(grainidextensionstring, x'''') = ifnull(@GrainIdExtensionString, x'''')
    AND serviceid = @ServiceId
'),
('ClearStorageKey', '
  UPDATE orleansstorage SET payloadbinary = NULL, modifiedon = datetime(''now''), version = version + 1
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND ifnull(grainidextensionstring, x'''') = ifnull(@GrainIdExtensionString, x'''')
    AND serviceid = @ServiceId AND version = @GrainStateVersion
  RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
  DELETE FROM orleansstorage
  WHERE grainidhash = @GrainIdHash AND graintypehash = @GrainTypeHash AND grainidn0 = @GrainIdN0 AND grainidn1 = @GrainIdN1
    AND graintypestring = @GrainTypeString AND ifnull(grainidextensionstring, x'''') = ifnull(@GrainIdExtensionString, x'''')
    AND serviceid = @ServiceId AND version = @GrainStateVersion
  RETURNING version + 1 AS NewGrainStateVersion
')
ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext;
