-- Manifests in a form that is read without parsing their text.

-- Derived from the text of the manifest (Distribution/ManifestBinary); a row that is missing or not understood is no error.
CREATE TABLE manifest_parsed (
    manifest_digest TEXT PRIMARY KEY REFERENCES manifest ON DELETE CASCADE,
    content BLOB NOT NULL
) STRICT;
