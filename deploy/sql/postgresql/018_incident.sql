-- Only if: SELECT (to_regclass('incident') IS NULL)::int
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
