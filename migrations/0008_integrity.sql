-- Rows that name or point carry a checksum (XXH64 of their other columns, Journal/RowChecksums), so that a flipped bit that
-- satisfies every constraint is found. Writers compute it; those of older versions do not, so they may not write any more.
ALTER TABLE store ADD COLUMN checksum INTEGER;
ALTER TABLE component ADD COLUMN checksum INTEGER;
ALTER TABLE archive ADD COLUMN checksum INTEGER;
ALTER TABLE tree ADD COLUMN checksum INTEGER;
ALTER TABLE tree_component ADD COLUMN checksum INTEGER;
ALTER TABLE manifest ADD COLUMN checksum INTEGER;
ALTER TABLE manifest_component ADD COLUMN checksum INTEGER;
ALTER TABLE manifest_parsed ADD COLUMN checksum INTEGER;
ALTER TABLE toolchain ADD COLUMN checksum INTEGER;
ALTER TABLE generation ADD COLUMN checksum INTEGER;
ALTER TABLE setting ADD COLUMN checksum INTEGER;
ALTER TABLE override ADD COLUMN checksum INTEGER;
ALTER TABLE settings_text ADD COLUMN checksum INTEGER;
ALTER TABLE deferred ADD COLUMN checksum INTEGER;
ALTER TABLE deferred_archive ADD COLUMN checksum INTEGER;
ALTER TABLE tree_deferred ADD COLUMN checksum INTEGER;
ALTER TABLE adoption ADD COLUMN checksum INTEGER;
ALTER TABLE move ADD COLUMN checksum INTEGER;

-- So that a row that is lost is missed: how many there are, and the sum of the low 31 bits of their checksums.
CREATE TABLE table_checksum (
    table_name TEXT PRIMARY KEY,
    row_count INTEGER NOT NULL,
    checksum_sum INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Of what no listing holds: a component's manifest.in, and the files that a tree has for itself. Null: recorded before there
-- was this column.
ALTER TABLE component ADD COLUMN manifest_checksum TEXT;
ALTER TABLE tree ADD COLUMN own_checksum TEXT;

-- Components and trees that are not what they were published as. They stay for whoever runs from them; nothing new is made of
-- them, and what replaces them has the next incarnation of their id.
CREATE TABLE damage (
    object_id TEXT PRIMARY KEY,
    found_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- So that a record of each name is written.
INSERT INTO stale_view (toolchain_name) SELECT name FROM toolchain WHERE true ON CONFLICT DO NOTHING;

UPDATE store SET value = '3' WHERE key = 'min_writer_version';
