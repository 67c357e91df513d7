-- What one command did, as a whole.

-- The same for all operations of one command, which may be several: of `rustup update` one for each toolchain. Null: from before.
ALTER TABLE operation ADD COLUMN command_id TEXT;

CREATE INDEX operation_by_command ON operation (command_id);
