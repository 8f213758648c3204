-- What Microsoft.Orleans.Clustering.AdoNet needs, in our own words: one row per silo, and one version per cluster that every change
-- of membership must raise, so that two silos never change it side by side.
CREATE TABLE IF NOT EXISTS orleansmembershipversiontable
(
  deploymentid varchar(150)   NOT NULL PRIMARY KEY,
  timestamp    timestamptz(3) NOT NULL DEFAULT now(),
  version      integer        NOT NULL DEFAULT 0
);

CREATE TABLE IF NOT EXISTS orleansmembershiptable
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
')
ON CONFLICT (querykey) DO UPDATE SET querytext = excluded.querytext;
