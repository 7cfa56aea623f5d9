-- What a person is beside a password: roles, a language, and devices that signed in before.

ALTER TABLE users
    ADD COLUMN roles text[] NOT NULL DEFAULT '{trader}',
    ADD COLUMN locale text NOT NULL DEFAULT 'en';

UPDATE users SET roles = '{trader,operator}'
WHERE id = (SELECT u.id FROM users AS u ORDER BY u.created_at, u.id LIMIT 1);

-- Whoever shows such a token signed in here before: strangers' wrong passwords do not hold them up.
CREATE TABLE known_devices (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX known_devices_user ON known_devices (user_id, created_at);

-- The first user runs the house; of two at a time, one is the first.
CREATE OR REPLACE FUNCTION add_user(p_user uuid, p_email text, p_password_hash text) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_roles text[] := '{trader}';
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('users.first'));
    IF NOT EXISTS (SELECT 1 FROM users) THEN
        v_roles := '{trader,operator}';
    END IF;
    INSERT INTO users (id, email, password_hash, roles)
    VALUES (p_user, p_email, p_password_hash, v_roles);
    INSERT INTO user_counters (user_id) VALUES (p_user);
    INSERT INTO switches (user_id) VALUES (p_user);
END
$$;
