-- Only if: SELECT count(*) = 0 FROM pragma_table_info('rejected') WHERE name = 'kind'
-- A notification that is known by its path alone must be known when it is sent again.
ALTER TABLE rejected ADD COLUMN kind TEXT;
