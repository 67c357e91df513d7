-- Looking at what changed instead of at everything.

-- Names that moved since their link in toolchains/ was last looked at. `store.views_stamp` tells whether all others are as
-- they were left.
CREATE TABLE stale_view (
    toolchain_name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- Few of many.
CREATE INDEX generation_retired ON generation (generation_id) WHERE retired_at IS NOT NULL;
CREATE INDEX component_adopted ON component (component_id) WHERE is_adopted = 1;
