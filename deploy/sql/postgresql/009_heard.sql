-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- Receipts that change nothing leave the state row alone: the row in the list counts them. A parameter of the statement that commits.
DROP TYPE IF EXISTS commit_heard;
CREATE TYPE commit_heard AS
(
  position         integer,
  workflow_id      text COLLATE "C",
  seq_before       bigint,
  seq              bigint,
  last_received_at bigint
);
