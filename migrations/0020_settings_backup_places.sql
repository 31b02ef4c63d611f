-- Copies may go to a place that is reached over the network, instead of or besides the folder.
-- How to reach it, as JSON; its secret is in the keyring of the machine, or in a file that a
-- passphrase encrypts. Empty: there is none. A folder may be empty since then, too.
ALTER TABLE backup_plan ADD COLUMN remote TEXT NOT NULL DEFAULT '';
ALTER TABLE backup_plan ADD COLUMN remote_next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE backup_plan ADD COLUMN secret_in_file BOOLEAN NOT NULL DEFAULT FALSE;

-- Where the copy is when it is not a file of this machine, and how that is reached.
ALTER TABLE backup_run ADD COLUMN place TEXT NOT NULL DEFAULT '';
ALTER TABLE backup_run ADD COLUMN remote TEXT NOT NULL DEFAULT '';
-- Of what was sent; a copy that is fetched is compared with it.
ALTER TABLE backup_run ADD COLUMN sha256 TEXT NOT NULL DEFAULT '';
