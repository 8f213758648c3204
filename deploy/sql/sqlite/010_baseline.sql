-- Only if: SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'checkpoint'
-- The fold of receipts that retention removed is called a baseline.
ALTER TABLE checkpoint RENAME TO baseline;
DROP INDEX checkpoint_by_removed_through;
CREATE INDEX baseline_by_removed_through ON baseline (removed_through);
