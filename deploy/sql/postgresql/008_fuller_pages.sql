-- Only if: SELECT (NOT EXISTS (SELECT FROM pg_class WHERE oid = to_regclass('workflow') AND relkind = 'v'))::int
-- A state row needs room for one more version of itself on its page: what is dead there is removed before the next one comes. With
-- two fifths of each page left free the table took half as many pages again, and appending a page is the dearest single step of a first
-- notification.
ALTER TABLE orleansstorage SET (fillfactor = 85);
