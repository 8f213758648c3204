-- Only if: SELECT count(*) = 0 FROM sqlite_master WHERE type = 'table' AND name = 'fact_horizon'
-- What readers of the facts must know: the last of those that were removed, which the feed is not complete before.
-- revision: rises when facts are removed or persons are erased; what a process holds in memory of before is not shown.
CREATE TABLE fact_horizon
(
  position   INTEGER NOT NULL,
  receipt_id BLOB,
  revision   INTEGER NOT NULL
);
INSERT INTO fact_horizon (position, revision) VALUES (0, 0);

CREATE TRIGGER fact_removed AFTER DELETE ON fact
BEGIN
  UPDATE fact_horizon SET
    position = max(position, OLD.position),
    receipt_id = CASE WHEN OLD.position > position THEN OLD.id ELSE receipt_id END,
    revision = revision + 1;
END;

CREATE TRIGGER callee_erased AFTER INSERT ON erased_callee
BEGIN
  UPDATE fact_horizon SET revision = revision + 1;
END;
