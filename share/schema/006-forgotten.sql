-- Who has been forgotten: load puts the pseudonym where a record names him
-- again.  Kept are digests, not names.

CREATE TABLE forgotten (
  digest TEXT PRIMARY KEY,      -- SHA-256 of the salt and the name in small
  pseudonym TEXT NOT NULL,      -- letters, hex
  forgotten_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE forgotten_salt (
  salt TEXT PRIMARY KEY         -- random, made with the table
) STRICT, WITHOUT ROWID;
INSERT INTO forgotten_salt VALUES (lower(hex(randomblob(16))));
