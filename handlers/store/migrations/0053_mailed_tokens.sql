-- What is sent by mail, kept as hashes: each is good once, for 30 minutes.

-- A user is made when the address is confirmed, with the password of that very sign-up: whoever
-- signed up with somebody else's address has no say in what its owner confirms.
CREATE TABLE sign_ups (
    token_hash bytea PRIMARY KEY,
    email text NOT NULL,
    password_hash text NOT NULL,
    locale text NOT NULL,
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '30 minutes'
);
CREATE INDEX sign_ups_expiry ON sign_ups (expires_at);

CREATE TABLE mailed_tokens (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    purpose text NOT NULL CHECK (purpose IN ('reset', 'link')),
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '30 minutes'
);
CREATE INDEX mailed_tokens_user ON mailed_tokens (user_id);

CREATE FUNCTION note_sign_up(
    p_token_hash bytea, p_email text, p_password_hash text, p_locale text
) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    DELETE FROM sign_ups WHERE expires_at < clock_timestamp();
    INSERT INTO sign_ups (token_hash, email, password_hash, locale)
    VALUES (p_token_hash, p_email, p_password_hash, p_locale);
$$;

-- Make the user of a sign-up; nothing where its time is over or the address is taken meanwhile.
CREATE FUNCTION verify_sign_up(p_token_hash bytea, p_user uuid, p_deed jsonb) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_asked sign_ups;
BEGIN
    DELETE FROM sign_ups WHERE token_hash = p_token_hash RETURNING * INTO v_asked;
    IF NOT FOUND OR v_asked.expires_at <= clock_timestamp()
        OR EXISTS (SELECT 1 FROM users WHERE lower(email) = v_asked.email) THEN
        RETURN NULL;
    END IF;
    PERFORM add_user(p_user, v_asked.email, v_asked.password_hash);
    UPDATE users SET locale = v_asked.locale WHERE id = p_user;
    DELETE FROM sign_ups WHERE email = v_asked.email;
    PERFORM append_deed(p_user, p_deed, 'user:' || p_user, NULL, NULL);
    RETURN p_user;
END
$$;

-- Use a token up; whose it was, unless it was no token of this purpose or its time is over.
CREATE FUNCTION use_mailed_token(p_token_hash bytea, p_purpose text) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH used AS (
        DELETE FROM mailed_tokens
        WHERE token_hash = p_token_hash AND purpose = p_purpose
        RETURNING user_id, expires_at
    )
    SELECT user_id FROM used WHERE expires_at > clock_timestamp()
$$;

-- Set a password: every session, known device and mailed token of the user ends.
CREATE FUNCTION set_password(p_user uuid, p_password_hash text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE users SET password_hash = p_password_hash WHERE id = p_user;
    DELETE FROM sessions WHERE user_id = p_user;
    DELETE FROM known_devices WHERE user_id = p_user;
    DELETE FROM mailed_tokens WHERE user_id = p_user;
$$;

-- The same by a mailed token. Live accounts are disabled until their owner enables them again:
-- whoever reads the mail might not be the owner.
CREATE FUNCTION reset_password(p_token_hash bytea, p_password_hash text, p_deed jsonb)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_user uuid := use_mailed_token(p_token_hash, 'reset');
BEGIN
    IF v_user IS NOT NULL THEN
        PERFORM set_password(v_user, p_password_hash);
        UPDATE accounts SET state = 'disabled' WHERE user_id = v_user AND mode = 'live';
        PERFORM append_deed(v_user, p_deed, 'user:' || v_user, NULL, NULL);
    END IF;
    RETURN v_user;
END
$$;
