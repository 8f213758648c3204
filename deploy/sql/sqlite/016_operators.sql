-- Only if: SELECT count(*) = 0 FROM sqlite_master WHERE name = 'operator_action'
-- What operators did: a row in the transaction of what was done. result is null while, or if, its end is not known.
CREATE TABLE operator_action
(
  id      BLOB    NOT NULL PRIMARY KEY,
  at      INTEGER NOT NULL,
  name    TEXT    NOT NULL,
  role    TEXT    NOT NULL,
  address TEXT,
  action  TEXT    NOT NULL,
  subject TEXT,
  detail  TEXT,
  result  TEXT
);
CREATE INDEX operator_action_by_subject ON operator_action (subject, id);

-- What of a workflow's attention an operator has put aside: the workflow's key, the bits, until when; null for good.
CREATE TABLE attention_review
(
  key       TEXT    NOT NULL PRIMARY KEY,
  attention INTEGER NOT NULL,
  until     INTEGER
);
