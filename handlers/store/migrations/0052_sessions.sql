-- Who is signed in: 12 hours without a request end a session, and 7 days whatever happens.

CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    token_hash bytea NOT NULL UNIQUE,
    address text NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL DEFAULT clock_timestamp() + interval '7 days',
    stepped_up_at timestamptz
) WITH (fillfactor = 70);
CREATE INDEX sessions_user ON sessions (user_id, created_at);

CREATE VIEW session_records WITH (security_invoker = true) AS
SELECT
    s.id, s.user_id, s.address, s.user_agent, s.created_at, s.last_seen_at, s.expires_at,
    s.stepped_up_at
FROM sessions AS s
WHERE
    s.expires_at > clock_timestamp()
    AND s.last_seen_at > clock_timestamp() - interval '12 hours';

-- By what a browser shows. That it was seen is written once a minute at most.
CREATE FUNCTION session_of_token(p_token_hash bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_found jsonb;
BEGIN
    SELECT to_jsonb(r) || jsonb_build_object(
        'email', u.email, 'roles', to_jsonb(u.roles), 'locale', u.locale,
        'has_totp', EXISTS (SELECT 1 FROM totp AS t WHERE t.user_id = u.id AND t.is_confirmed)
    )
    INTO v_found
    FROM sessions AS s
    INNER JOIN session_records AS r ON r.id = s.id
    INNER JOIN users AS u ON u.id = s.user_id
    WHERE s.token_hash = p_token_hash;
    IF v_found IS NOT NULL THEN
        UPDATE sessions SET last_seen_at = clock_timestamp()
        WHERE token_hash = p_token_hash
            AND last_seen_at < clock_timestamp() - interval '1 minute';
    END IF;
    RETURN v_found;
END
$$;

-- Open a session; the one that the same browser had before ends, and so do all but the newest 50.
CREATE FUNCTION open_session(
    p_session jsonb, p_token_hash bytea, p_old_hash bytea, p_is_stepped_up boolean
) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_user uuid := (p_session ->> 'user_id')::uuid;
BEGIN
    DELETE FROM sessions WHERE token_hash = p_old_hash;
    DELETE FROM sessions AS s
    WHERE s.user_id = v_user AND (
        NOT EXISTS (SELECT 1 FROM session_records AS r WHERE r.id = s.id)
        OR s.id NOT IN (
            SELECT k.id FROM sessions AS k
            WHERE k.user_id = v_user
            ORDER BY k.created_at DESC
            LIMIT 49
        )
    );
    INSERT INTO sessions (id, user_id, token_hash, address, user_agent, stepped_up_at)
    VALUES (
        (p_session ->> 'id')::uuid, v_user, p_token_hash, p_session ->> 'address',
        p_session ->> 'user_agent', CASE WHEN p_is_stepped_up THEN clock_timestamp() END
    );
END
$$;

-- By an e-mail address, at the door: what is needed to tell whether a password is right.
CREATE FUNCTION credentials_of(p_email text, p_device_hash bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'id', u.id, 'email', u.email, 'password_hash', u.password_hash,
        'roles', to_jsonb(u.roles), 'locale', u.locale,
        'has_totp', EXISTS (SELECT 1 FROM totp AS t WHERE t.user_id = u.id AND t.is_confirmed),
        'is_known_device', EXISTS (
            SELECT 1 FROM known_devices AS d
            WHERE d.token_hash = p_device_hash AND d.user_id = u.id
        )
    )
    FROM users AS u
    WHERE lower(u.email) = p_email
$$;
