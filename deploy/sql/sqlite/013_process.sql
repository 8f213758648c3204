-- Only if: SELECT count(*) = 0 FROM sqlite_master WHERE name = 'process'
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
