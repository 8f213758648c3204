-- Only if: SELECT count(*) = 0 FROM sqlite_master WHERE name = 'incident'
-- Outages and bursts of refusals (ADR 0049). kind: 0 outage, 1 refusals. until: null while it lasts. requests: how many
-- it refused.
CREATE TABLE incident
(
  id         BLOB    NOT NULL PRIMARY KEY,
  process    TEXT    NOT NULL,
  kind       INTEGER NOT NULL,
  since      INTEGER NOT NULL,
  until      INTEGER,
  updated_at INTEGER NOT NULL,
  requests   INTEGER NOT NULL,
  what       TEXT    NOT NULL
);

CREATE INDEX incident_by_since ON incident (since, id);
