-- Documentation on demand: components that are downloaded and wait to be unpacked.

-- Foreseen by the first migration in another form; no program has ever put a row into it.
DROP TABLE deferred;

-- A component whose archive is in downloads/ and whose directory components/<component_id> is still to be made. Trees were
-- composed of it as if they knew its files; irregular: they did not, and whoever unpacks it gives it another id.
CREATE TABLE deferred (
    component_id TEXT PRIMARY KEY,
    package TEXT NOT NULL,
    target TEXT,
    version TEXT NOT NULL,
    archive_digest TEXT NOT NULL,
    archive_format TEXT NOT NULL CHECK (archive_format IN ('gz', 'xz', 'zst')),
    archive_url TEXT NOT NULL,
    archive_bytes INTEGER NOT NULL CHECK (archive_bytes >= 0),
    is_irregular INTEGER NOT NULL DEFAULT 0 CHECK (is_irregular IN (0, 1)),
    created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deferred_by_archive ON deferred (archive_digest);

-- Every archive digest that unpacks to it; rows of `archive` once it is unpacked, for those are of components that are there.
CREATE TABLE deferred_archive (
    digest TEXT PRIMARY KEY,
    component_id TEXT NOT NULL REFERENCES deferred ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX deferred_archive_by_component ON deferred_archive (component_id);

-- The trees that are composed of it, among others; rows of `tree_component` once it is unpacked.
CREATE TABLE tree_deferred (
    tree_id TEXT NOT NULL REFERENCES tree ON DELETE CASCADE,
    component_id TEXT NOT NULL REFERENCES deferred ON DELETE RESTRICT,
    position INTEGER NOT NULL,
    PRIMARY KEY (tree_id, component_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tree_deferred_by_component ON tree_deferred (component_id);
