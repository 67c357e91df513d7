-- The texts of settings.toml in a table of their own, with a rowid: a search for another cell of `store` compares keys,
-- and there it reads the whole row of each, so that a lookup took longer with every override that the text lists.

-- kind: export, the text last written or taken over; pending, the one that the last change wants written.
CREATE TABLE settings_text (
    kind TEXT PRIMARY KEY CHECK (kind IN ('export', 'pending')),
    text TEXT NOT NULL
) STRICT;

INSERT INTO settings_text (kind, text)
    SELECT substr(key, length('settings_') + 1), value FROM store WHERE key IN ('settings_export', 'settings_pending');

DELETE FROM store WHERE key IN ('settings_export', 'settings_pending');
