-- The journal as all migrations leave it; a test compares the two.

-- The journal: what is valid, named, wanted and in flight.
-- Times are Unix milliseconds, sizes bytes, digests lower-case hex; `checksum` is that of the row's other columns.
-- A foreign key with `restrict` means "still needed by", with `cascade` "owned by".

-- Identity and mode of the store: id, layout_version, journal_mode, min_writer_version, settings_stamp.
CREATE TABLE store (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
, checksum INTEGER) STRICT, WITHOUT ROWID;

-- One change of the store by a command, which may make several. It is alive while its file in operations/ is locked, whatever
-- this row says. bytes: what it downloaded or, a collection, freed. command_id: the same for all operations of one command;
-- null: from before there was one.
CREATE TABLE operation (
    operation_id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    command_line TEXT NOT NULL,
    host TEXT NOT NULL,
    process_id INTEGER NOT NULL,
    program_version TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    outcome TEXT NOT NULL DEFAULT 'running' CHECK (outcome IN ('running', 'succeeded', 'failed', 'aborted'))
, bytes INTEGER CHECK (bytes >= 0), command_id TEXT) STRICT, WITHOUT ROWID;

CREATE INDEX operation_running ON operation (started_at) WHERE outcome = 'running';
CREATE INDEX operation_by_time ON operation (started_at);
CREATE INDEX operation_by_command ON operation (command_id);

-- One row per write transaction: after a COMMIT that failed, a new connection learns here whether it happened.
CREATE TABLE committed (
    committed_id TEXT PRIMARY KEY,
    committed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX committed_by_time ON committed (committed_at);

-- An unpacked archive: the directory components/<component_id>. Doomed: being collected, valid to nobody. Adopted: the id is
-- the digest of its listing, because no archive of it was ever here.
CREATE TABLE component (
    component_id TEXT PRIMARY KEY,
    package TEXT NOT NULL,
    target TEXT,
    version TEXT NOT NULL,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    files INTEGER NOT NULL CHECK (files >= 0),
    listing_checksum TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'doomed')),
    created_at INTEGER NOT NULL
, is_adopted INTEGER NOT NULL DEFAULT 0 CHECK (is_adopted IN (0, 1)), checksum INTEGER, manifest_checksum TEXT) STRICT, WITHOUT ROWID;

-- Few of many.
CREATE INDEX component_adopted ON component (component_id) WHERE is_adopted = 1;

-- Every archive digest that unpacks to this component (xz, gz and zst of the same files).
CREATE TABLE archive (
    digest TEXT PRIMARY KEY,
    component_id TEXT NOT NULL REFERENCES component ON DELETE CASCADE
, checksum INTEGER) STRICT, WITHOUT ROWID;

CREATE INDEX archive_by_component ON archive (component_id);

-- A composed sysroot: the directory toolchains/<tree_id>.
CREATE TABLE tree (
    tree_id TEXT PRIMARY KEY,
    bytes INTEGER NOT NULL CHECK (bytes >= 0),
    state TEXT NOT NULL DEFAULT 'valid' CHECK (state IN ('valid', 'doomed')),
    created_at INTEGER NOT NULL
, checksum INTEGER, own_checksum TEXT) STRICT, WITHOUT ROWID;

CREATE TABLE tree_component (
    tree_id TEXT NOT NULL REFERENCES tree ON DELETE CASCADE,
    component_id TEXT NOT NULL REFERENCES component ON DELETE RESTRICT,
    position INTEGER NOT NULL, checksum INTEGER,
    PRIMARY KEY (tree_id, component_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tree_component_by_component ON tree_component (component_id);

-- A channel manifest as the server sent it; `digest` is the server's. One that was adopted is as another rustup rewrote it,
-- and `announced_prefix` the first 20 hex digits of the server's digest.
CREATE TABLE manifest (
    digest TEXT PRIMARY KEY,
    date TEXT NOT NULL,
    rust_version TEXT,
    body BLOB NOT NULL,
    created_at INTEGER NOT NULL
, announced_prefix TEXT, checksum INTEGER) STRICT, WITHOUT ROWID;

-- What a release offers to one host, so that lists and checks need not parse the manifest.
CREATE TABLE manifest_component (
    manifest_digest TEXT NOT NULL REFERENCES manifest ON DELETE CASCADE,
    host TEXT NOT NULL,
    package TEXT NOT NULL,
    target TEXT NOT NULL,
    short_name TEXT NOT NULL,
    available INTEGER NOT NULL CHECK (available IN (0, 1)), checksum INTEGER,
    PRIMARY KEY (manifest_digest, host, package, target)
) STRICT, WITHOUT ROWID;

-- A name tools can be run from: tracks a channel (has a current generation) or links a path.
CREATE TABLE toolchain (
    name TEXT PRIMARY KEY,
    linked_path TEXT,
    current_generation INTEGER REFERENCES generation (generation_id) ON DELETE RESTRICT
        DEFERRABLE INITIALLY DEFERRED,
    profile TEXT,
    created_at INTEGER NOT NULL, checksum INTEGER,
    CHECK ((linked_path IS NULL) <> (current_generation IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX toolchain_by_generation ON toolchain (current_generation);

-- A state a name has had. Numbers are never used again. kept_as: what its user calls one that is to stay until released,
-- perhaps nothing. restored_from: the generation whose tree and manifest it has again, because somebody went back to it.
CREATE TABLE generation (
    generation_id INTEGER PRIMARY KEY AUTOINCREMENT,
    toolchain_name TEXT NOT NULL REFERENCES toolchain (name) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    tree_id TEXT NOT NULL REFERENCES tree ON DELETE RESTRICT,
    manifest_digest TEXT NOT NULL REFERENCES manifest ON DELETE RESTRICT,
    operation_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    retired_at INTEGER
, kept_as TEXT, restored_from INTEGER, checksum INTEGER) STRICT;

-- Few of many.
CREATE INDEX generation_retired ON generation (generation_id) WHERE retired_at IS NOT NULL;
CREATE INDEX generation_by_toolchain ON generation (toolchain_name);
CREATE INDEX generation_by_tree ON generation (tree_id);
CREATE INDEX generation_by_manifest ON generation (manifest_digest);

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
, checksum INTEGER) STRICT;

CREATE INDEX move_by_operation ON move (operation_id);
CREATE INDEX move_by_toolchain ON move (toolchain_name);

-- What settings.toml holds.
CREATE TABLE setting (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
, checksum INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE override (
    path TEXT PRIMARY KEY,
    toolchain TEXT NOT NULL
, checksum INTEGER) STRICT, WITHOUT ROWID;

-- An archive being fetched. Whose fetch it is, the lock on its file says.
CREATE TABLE download (
    digest TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    bytes INTEGER,
    operation_id TEXT NOT NULL REFERENCES operation ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX download_by_operation ON download (operation_id);

-- An operation needs this component or tree until it ends; the object may not exist yet.
CREATE TABLE pin (
    operation_id TEXT NOT NULL REFERENCES operation ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('component', 'tree')),
    object_id TEXT NOT NULL,
    PRIMARY KEY (operation_id, kind, object_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX pin_by_object ON pin (object_id);

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
, checksum INTEGER) STRICT, WITHOUT ROWID;

CREATE INDEX deferred_by_archive ON deferred (archive_digest);

-- Every archive digest that unpacks to it; rows of `archive` once it is unpacked, for those are of components that are there.
CREATE TABLE deferred_archive (
    digest TEXT PRIMARY KEY,
    component_id TEXT NOT NULL REFERENCES deferred ON DELETE CASCADE
, checksum INTEGER) STRICT, WITHOUT ROWID;

CREATE INDEX deferred_archive_by_component ON deferred_archive (component_id);

-- The trees that are composed of it, among others; rows of `tree_component` once it is unpacked.
CREATE TABLE tree_deferred (
    tree_id TEXT NOT NULL REFERENCES tree ON DELETE CASCADE,
    component_id TEXT NOT NULL REFERENCES deferred ON DELETE RESTRICT,
    position INTEGER NOT NULL, checksum INTEGER,
    PRIMARY KEY (tree_id, component_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX tree_deferred_by_component ON tree_deferred (component_id);

-- Something that proxies should know that stay as parents of their tools. stop: whoever runs from the tree by this name
-- shall end.
CREATE TABLE notice (
    notice_id INTEGER PRIMARY KEY AUTOINCREMENT,
    tree_id TEXT NOT NULL,
    toolchain_name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('stop')),
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX notice_by_time ON notice (created_at);

-- A toolchain whose directory in toolchains/ is still to be replaced by a link, as long as it is what was adopted.
CREATE TABLE adoption (
    toolchain_name TEXT PRIMARY KEY REFERENCES toolchain (name) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL
, checksum INTEGER) STRICT, WITHOUT ROWID;

-- A manifest in a form that is read quickly, derived from its text (Distribution/ManifestBinary); one that is missing or
-- not understood is no error.
CREATE TABLE manifest_parsed (
    manifest_digest TEXT PRIMARY KEY REFERENCES manifest ON DELETE CASCADE,
    content BLOB NOT NULL
, checksum INTEGER) STRICT;

-- The texts of settings.toml. kind: export, the text last written or taken over; pending, the one that the last change
-- wants written. With a rowid, so that a search reads no text but the one it is for.
CREATE TABLE settings_text (
    kind TEXT PRIMARY KEY CHECK (kind IN ('export', 'pending')),
    text TEXT NOT NULL
, checksum INTEGER) STRICT;

-- Names that moved since their link in toolchains/ was last looked at. `store.views_stamp` tells whether all others are as
-- they were left.
CREATE TABLE stale_view (
    toolchain_name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- So that a row that is lost is missed: how many there are, and the sum of the low 31 bits of their checksums.
CREATE TABLE table_checksum (
    table_name TEXT PRIMARY KEY,
    row_count INTEGER NOT NULL,
    checksum_sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Components and trees that are not what they were published as. They stay for whoever runs from them; nothing new is made of
-- them, and what replaces them has the next incarnation of their id.
CREATE TABLE damage (
    object_id TEXT PRIMARY KEY,
    found_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many rows hold each component and tree. Computed from the edges, so it cannot drift from them.
CREATE VIEW refcount (kind, object_id, holders) AS
    SELECT 'component', component_id,
        (SELECT count(*) FROM tree_component e WHERE e.component_id = component.component_id)
        + (SELECT count(*) FROM pin p WHERE p.object_id = component.component_id)
    FROM component
    UNION ALL
    SELECT 'tree', tree_id,
        (SELECT count(*) FROM generation g WHERE g.tree_id = tree.tree_id)
        + (SELECT count(*) FROM pin p WHERE p.object_id = tree.tree_id)
    FROM tree;
