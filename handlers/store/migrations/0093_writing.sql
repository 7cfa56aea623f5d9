-- Whether the record can be written, asked only after a write was refused. Emptying the table gives it
-- a new file, and the row its first page: what a full disk refuses. The old file goes at the commit,
-- so that however often it is asked, nothing grows.

CREATE TABLE write_probe (filler text NOT NULL);

CREATE FUNCTION probe_writing() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '500ms'
AS $$
BEGIN
    TRUNCATE write_probe;
    INSERT INTO write_probe (filler) VALUES (repeat('-', 1000));
END
$$;
