-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- The words that senders make up add nothing to what a page is merged from: workflows with an unrecognised word (attention, bit 4) of one
-- standing are one group in each order. So an index has, in place of the status, the word of the vocabulary; it is empty for those.
CREATE INDEX IF NOT EXISTS workflow_word_by_changed_at ON workflow
  (standing, (CASE WHEN (attention & 4) = 0 THEN coalesce(status_normalised, '') ELSE '' END), changed_at, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_word_by_name ON workflow_order
  (standing, (CASE WHEN (attention & 4) = 0 THEN coalesce(status_normalised, '') ELSE '' END), name_lower, workflow_id);
CREATE INDEX IF NOT EXISTS workflow_word_by_first_received_at ON workflow_order
  (standing, (CASE WHEN (attention & 4) = 0 THEN coalesce(status_normalised, '') ELSE '' END), first_received_at, workflow_id);

-- One status among them. A workflow whose words are all of the vocabulary is in none of these: they cost its writes nothing.
CREATE INDEX IF NOT EXISTS workflow_unrecognised_by_changed_at ON workflow (status_normalised, standing, changed_at, workflow_id) WHERE (attention & 4) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unrecognised_by_name ON workflow_order (status_normalised, standing, name_lower, workflow_id) WHERE (attention & 4) <> 0;
CREATE INDEX IF NOT EXISTS workflow_unrecognised_by_first_received_at ON workflow_order
  (status_normalised, standing, first_received_at, workflow_id) WHERE (attention & 4) <> 0;

DROP INDEX IF EXISTS workflow_by_changed_at, workflow_by_name, workflow_by_first_received_at;
