-- Only if: SELECT (to_regclass('checkpoint') IS NOT NULL)::int
-- The fold of receipts that retention removed is called a baseline.
ALTER TABLE checkpoint RENAME TO baseline;
ALTER INDEX checkpoint_pkey RENAME TO baseline_pkey;
ALTER INDEX checkpoint_by_removed_through RENAME TO baseline_by_removed_through;
