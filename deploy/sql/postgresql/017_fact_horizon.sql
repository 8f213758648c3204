-- Only if: SELECT (to_regclass('fact_horizon') IS NULL)::int
-- What readers of the facts must know: the last of those that were removed, which the feed is not complete before.
-- revision: rises when facts are removed or persons are erased; what a process holds in memory of before is not shown.
CREATE TABLE fact_horizon
(
  position   bigint NOT NULL,
  receipt_id uuid,
  revision   bigint NOT NULL
);
INSERT INTO fact_horizon (position, revision) VALUES (0, 0);

CREATE FUNCTION fact_is_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE fact_horizon h SET
    position = greatest(h.position, r.position),
    receipt_id = CASE WHEN r.position > h.position THEN r.id ELSE h.receipt_id END,
    revision = h.revision + 1
  FROM (SELECT position, id FROM removed ORDER BY position DESC LIMIT 1) r;
  RETURN NULL;
END
$$;

CREATE TRIGGER fact_removed AFTER DELETE ON fact
  REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION fact_is_removed();

CREATE FUNCTION callee_is_erased() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE fact_horizon SET revision = revision + 1;
  RETURN NULL;
END
$$;

CREATE TRIGGER callee_erased AFTER INSERT ON erased_callee
  FOR EACH STATEMENT EXECUTE FUNCTION callee_is_erased();
