-- Telling running proxies.

-- Foreseen by the first migration without the name; no program has ever put a row into it.
DROP TABLE notice;

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
