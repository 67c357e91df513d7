-- Going back: what users want kept, and what each operation did to the names.

-- What its user calls a generation that is to stay until released, perhaps nothing; null: it goes in time.
ALTER TABLE generation ADD COLUMN kept_as TEXT;

-- The generation whose tree and manifest this one has again, because somebody went back to it.
ALTER TABLE generation ADD COLUMN restored_from INTEGER;

-- What it downloaded or, a collection, freed.
ALTER TABLE operation ADD COLUMN bytes INTEGER CHECK (bytes >= 0);

CREATE INDEX operation_by_time ON operation (started_at);

-- What an operation made of a name, and what it was before; all null: not there. Keeps nothing alive: it says what there
-- was, also when the generation and its tree are gone.
CREATE TABLE move (
    move_id INTEGER PRIMARY KEY AUTOINCREMENT,
    operation_id TEXT NOT NULL REFERENCES operation ON DELETE CASCADE,
    toolchain_name TEXT NOT NULL,
    moved_at INTEGER NOT NULL,
    old_generation INTEGER,
    old_tree_id TEXT,
    old_manifest_digest TEXT,
    old_profile TEXT,
    old_linked_path TEXT,
    new_generation INTEGER,
    new_linked_path TEXT,
    rust_version TEXT,
    release_date TEXT
) STRICT;

CREATE INDEX move_by_operation ON move (operation_id);
CREATE INDEX move_by_toolchain ON move (toolchain_name);
