-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'rejected'::regclass AND attname = 'kind'))::int
-- A notification that is known by its path alone must be known when it is sent again.
ALTER TABLE rejected ADD COLUMN kind text;
