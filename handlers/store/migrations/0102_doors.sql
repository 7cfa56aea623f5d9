-- What edge and control plane asked the tables themselves without saying for whom: doors, each as
-- narrow as what is asked. One round trip each, as before.

-- An order by its id, which names no user: for answering a copy of an alert, and for messages.
CREATE FUNCTION order_by_id(p_order uuid) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT o.* FROM orders AS o WHERE o.id = p_order
$$;

CREATE FUNCTION has_open_orders(p_user uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT EXISTS (SELECT 1 FROM open_orders(p_user))
$$;

CREATE FUNCTION lease_holder(p_user uuid) RETURNS TABLE (worker_id uuid, epoch bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT l.worker_id, l.epoch FROM worker_leases AS l
    WHERE l.user_id = p_user AND l.expires_at > clock_timestamp()
$$;

-- End the lease of a worker that is known to be dead.
CREATE FUNCTION release_lease(p_lease jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE worker_leases SET
        expires_at = least(expires_at, clock_timestamp()), is_released = true
    WHERE
        user_id = (p_lease ->> 'user_id')::uuid AND worker_id = (p_lease ->> 'worker_id')::uuid
        AND epoch = (p_lease ->> 'epoch')::bigint
$$;

-- Workers that were seen within 30 s: a user's, or all.
CREATE FUNCTION seen_workers(p_user uuid) RETURNS SETOF workers
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT w.* FROM workers AS w
    WHERE
        (p_user IS NULL OR w.user_id = p_user)
        AND w.last_seen_at > clock_timestamp() - interval '30 seconds'
$$;

-- Forget what a host had running before it came up anew.
CREATE FUNCTION drop_workers_of(p_host text, p_alive uuid[], p_before timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM drop_worker(w.id) FROM workers AS w
    WHERE w.host = p_host AND w.started_at < p_before AND NOT w.id = ANY (p_alive);
END
$$;

CREATE FUNCTION switch_of(p_user uuid)
RETURNS TABLE (is_engaged boolean, allows_exits boolean, since timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT w.is_engaged, w.allows_exits, w.since FROM switches AS w WHERE w.user_id = p_user
$$;

CREATE FUNCTION orders_in_flight(p_user uuid) RETURNS TABLE (id uuid, send_by timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT o.id, o.send_by FROM orders AS o
    WHERE
        o.user_id = p_user AND o.state IN ('sending', 'unknown')
        AND o.send_by > clock_timestamp()
    ORDER BY o.id
$$;

CREATE FUNCTION has_users() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT EXISTS (SELECT 1 FROM users)
$$;

-- Of these two the transaction says for whom, and no argument says otherwise.
CREATE FUNCTION set_own_password(p_user uuid, p_password_hash text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF p_user IS DISTINCT FROM acting_user() THEN
        RAISE insufficient_privilege USING MESSAGE = 'not for this user';
    END IF;
    PERFORM set_password(p_user, p_password_hash);
END
$$;

CREATE FUNCTION open_own_session(
    p_session jsonb, p_token_hash bytea, p_old_hash bytea, p_is_stepped_up boolean
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF (p_session ->> 'user_id')::uuid IS DISTINCT FROM acting_user() THEN
        RAISE insufficient_privilege USING MESSAGE = 'not for this user';
    END IF;
    PERFORM open_session(p_session, p_token_hash, p_old_hash, p_is_stepped_up);
END
$$;

-- What is sealed, to be put back where a new key turns out to be another account's: the edge holds
-- no key that opens it.
CREATE FUNCTION kept_credentials(p_user uuid, p_account uuid)
RETURNS TABLE (sealed bytea, key_version integer)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.sealed, c.key_version FROM account_credentials AS c
    WHERE c.user_id = p_user AND c.account_id = p_account
$$;
