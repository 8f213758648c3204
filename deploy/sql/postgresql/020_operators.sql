-- Only if: SELECT (to_regclass('operator_action') IS NULL)::int
-- What operators did: a row in the transaction of what was done. result is null while, or if, its end is not known.
CREATE TABLE operator_action
(
  id      uuid   NOT NULL PRIMARY KEY,
  at      bigint NOT NULL,
  name    text   NOT NULL,
  role    text   NOT NULL,
  address text,
  action  text   NOT NULL,
  subject text,
  detail  text,
  result  text
);
CREATE INDEX operator_action_by_subject ON operator_action (subject, id);

-- What of a workflow's attention an operator has put aside: the workflow's key, the bits, until when; null for good.
CREATE TABLE attention_review
(
  key       text COLLATE "C" NOT NULL PRIMARY KEY,
  attention integer          NOT NULL,
  until     bigint
);
