-- The doors by which somebody is recognised: by the hash of what was presented, and nothing else.

CREATE FUNCTION recognise_token(p_token_hash bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'strategy', to_jsonb(s),
        'accounts', (
            SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY sa.place), '[]')
            FROM strategy_accounts AS sa
            INNER JOIN account_records AS a ON a.id = sa.account_id
            WHERE sa.strategy_id = s.id
        ),
        'is_switch_engaged', w.is_engaged
    )
    FROM strategy_tokens AS t
    INNER JOIN strategy_records AS s ON s.id = t.strategy_id
    INNER JOIN switches AS w ON w.user_id = s.user_id
    WHERE
        t.token_hash = p_token_hash
        AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
$$;

CREATE FUNCTION principal_of_key(p_key_hash bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'user_id', k.user_id, 'key_id', k.id, 'scopes', to_jsonb(k.scopes),
        'expires_at', k.expires_at
    )
    FROM api_keys AS k
    WHERE
        k.key_hash = p_key_hash
        AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp())
$$;

CREATE FUNCTION add_user(p_user uuid, p_email text, p_password_hash text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    INSERT INTO users (id, email, password_hash) VALUES (p_user, p_email, p_password_hash);
    INSERT INTO user_counters (user_id) VALUES (p_user);
    INSERT INTO switches (user_id) VALUES (p_user);
$$;

-- Write a worker's row down; what a person would see change goes into the user's stream.
CREATE FUNCTION put_worker(p_worker jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_new workers := jsonb_populate_record(NULL::workers, p_worker);
    v_old workers;
BEGIN
    SELECT * INTO v_old FROM workers WHERE id = v_new.id FOR UPDATE;
    v_new.last_seen_at := clock_timestamp();
    INSERT INTO workers SELECT v_new.*
    ON CONFLICT (id) DO UPDATE SET
        user_id = EXCLUDED.user_id, state = EXCLUDED.state, epoch = EXCLUDED.epoch,
        pid = EXCLUDED.pid, host = EXCLUDED.host, started_at = EXCLUDED.started_at,
        last_seen_at = EXCLUDED.last_seen_at;
    IF (v_old.user_id, v_old.state, v_old.epoch) IS DISTINCT FROM
        (v_new.user_id, v_new.state, v_new.epoch) THEN
        PERFORM tell_stream(v_new.user_id, 'worker', v_new.id);
    END IF;
END
$$;

CREATE FUNCTION drop_worker(p_worker uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_gone workers;
BEGIN
    DELETE FROM workers WHERE id = p_worker RETURNING * INTO v_gone;
    IF FOUND THEN
        PERFORM tell_stream(v_gone.user_id, 'worker', v_gone.id);
    END IF;
END
$$;
