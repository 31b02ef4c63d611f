-- How often the shop copies itself, in minutes rather than hours: a second copy that is a few minutes old.
ALTER TABLE backup_plan ADD COLUMN every_minutes BIGINT NOT NULL DEFAULT 1440;
UPDATE backup_plan SET every_minutes = every_hours * 60;
ALTER TABLE backup_plan DROP COLUMN every_hours;
