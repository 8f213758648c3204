-- Only if: SELECT (to_regclass('process') IS NULL)::int
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
