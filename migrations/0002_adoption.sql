-- Adopting toolchains that another rustup installed.

-- Whether the component's id is the digest of its listing, because no archive of it was ever here.
ALTER TABLE component ADD COLUMN is_adopted INTEGER NOT NULL DEFAULT 0 CHECK (is_adopted IN (0, 1));

-- What another rustup remembered of the server's digest when it rewrote the manifest: the first 20 hex digits.
ALTER TABLE manifest ADD COLUMN announced_prefix TEXT;

-- A toolchain whose directory in toolchains/ is still to be replaced by a link, as long as it is what was adopted.
CREATE TABLE adoption (
    toolchain_name TEXT PRIMARY KEY REFERENCES toolchain (name) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL
) STRICT, WITHOUT ROWID;
