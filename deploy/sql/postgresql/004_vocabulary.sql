-- Every vocabulary under which receipts were folded. document: the whole vocabulary, JSON. Times are Unix milliseconds.
CREATE TABLE IF NOT EXISTS vocabulary
(
  fingerprint text NOT NULL PRIMARY KEY,
  document    text NOT NULL,
  kept_since  bigint NOT NULL
);

-- The one that is in force: a silo with another one does not start.
CREATE TABLE IF NOT EXISTS vocabulary_in_force
(
  only_row    smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
  fingerprint text NOT NULL REFERENCES vocabulary (fingerprint),
  since       bigint NOT NULL
);

-- How often each word was received, counted beside the notifications: approximate.
CREATE TABLE IF NOT EXISTS word
(
  word              text COLLATE "C" NOT NULL PRIMARY KEY,
  count             bigint NOT NULL,
  first_received_at bigint NOT NULL,
  last_received_at  bigint NOT NULL
);

-- Refolds of all workflows. position: the last workflow that is done, in the order of the ids. owner: the silo that works on it, alone
-- until lease_until. One at a time is under way.
CREATE TABLE IF NOT EXISTS refold_job
(
  id          uuid NOT NULL PRIMARY KEY,
  vocabulary  text NOT NULL,
  started_at  bigint NOT NULL,
  finished_at bigint,
  position    text COLLATE "C" NOT NULL,
  total       bigint NOT NULL,
  done        bigint NOT NULL,
  failed      bigint NOT NULL,
  owner       text,
  lease_until bigint NOT NULL
);

CREATE UNIQUE INDEX IF NOT EXISTS refold_job_under_way ON refold_job ((finished_at IS NULL)) WHERE finished_at IS NULL;
