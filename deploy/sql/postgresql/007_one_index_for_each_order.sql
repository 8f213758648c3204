-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- One index for each order, in place of one by standing and one by status: within both. A page is merged from those of each standing and
-- status that there is; an index less is written by each change.
CREATE INDEX IF NOT EXISTS workflow_by_changed_at ON workflow (standing, status_normalised, changed_at, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_by_name ON workflow_order (standing, status_normalised, name_lower, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_by_first_received_at ON workflow_order (standing, status_normalised, first_received_at, workflow_id);
DROP INDEX IF EXISTS workflow_standing_by_changed_at, workflow_status_by_changed_at;
DROP INDEX IF EXISTS workflow_standing_by_name, workflow_status_by_name;
DROP INDEX IF EXISTS workflow_standing_by_first_received_at, workflow_status_by_first_received_at;
