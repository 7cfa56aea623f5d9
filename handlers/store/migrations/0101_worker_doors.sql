-- All that a worker can do: it has no right on any table. Each door asks for the proof of a lease that
-- was given to this very worker; without one it finds nothing, as if the user did not exist.
--
-- A worker that just lost its lease may still write down what a venue said of an order, and read that
-- order: its proof is one of the user's last few. Lists, accounts and credentials are the holder's.

CREATE FUNCTION holds_lease(p_user uuid, p_proofs uuid[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1
        FROM worker_leases AS l
        INNER JOIN lease_proofs AS p ON p.user_id = l.user_id AND p.epoch = l.epoch
        WHERE l.user_id = p_user AND p.proof = ANY (p_proofs)
    )
$$;

CREATE FUNCTION held_lease(p_user uuid, p_proofs uuid[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM lease_proofs AS p WHERE p.user_id = p_user AND p.proof = ANY (p_proofs)
    )
$$;

-- Whether this very lease was given to whoever shows the proofs; if it still runs is asked elsewhere.
CREATE FUNCTION was_given(p_lease jsonb, p_proofs uuid[]) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM lease_proofs AS p
        WHERE
            p.user_id = (p_lease ->> 'user_id')::uuid AND p.epoch = (p_lease ->> 'epoch')::bigint
            AND p.worker_id = (p_lease ->> 'worker_id')::uuid AND p.proof = ANY (p_proofs)
    )
$$;

CREATE FUNCTION take_lease(p_user uuid, p_worker uuid)
RETURNS TABLE (taken bigint, shown uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO worker_leases AS l (user_id, worker_id, epoch, expires_at)
    VALUES (p_user, p_worker, 1, clock_timestamp() + interval '15 seconds')
    ON CONFLICT (user_id) DO UPDATE SET
        worker_id = EXCLUDED.worker_id, epoch = l.epoch + 1,
        expires_at = clock_timestamp() + interval '15 seconds', is_released = false
    WHERE l.expires_at <= clock_timestamp()
    RETURNING l.epoch INTO taken;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    shown := gen_random_uuid();
    INSERT INTO lease_proofs (user_id, epoch, worker_id, proof)
    VALUES (p_user, taken, p_worker, shown);
    DELETE FROM lease_proofs AS p WHERE p.user_id = p_user AND p.epoch <= taken - 4;
    RETURN NEXT;
END
$$;

CREATE FUNCTION renew_own_lease(p_lease jsonb, p_proofs uuid[]) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE worker_leases SET expires_at = clock_timestamp() + interval '15 seconds'
    WHERE
        user_id = (p_lease ->> 'user_id')::uuid AND worker_id = (p_lease ->> 'worker_id')::uuid
        AND epoch = (p_lease ->> 'epoch')::bigint AND NOT is_released
        AND (SELECT was_given(p_lease, p_proofs))
    RETURNING true
$$;

CREATE FUNCTION release_own_lease(p_lease jsonb, p_proofs uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE worker_leases SET
        expires_at = least(expires_at, clock_timestamp()), is_released = true
    WHERE
        user_id = (p_lease ->> 'user_id')::uuid AND worker_id = (p_lease ->> 'worker_id')::uuid
        AND epoch = (p_lease ->> 'epoch')::bigint
        AND (SELECT was_given(p_lease, p_proofs))
$$;

CREATE FUNCTION own_open_orders(p_user uuid, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
    SELECT o.* FROM orders AS o
    WHERE (SELECT holds_lease(p_user, p_proofs)) AND o.id IN (SELECT open_orders(p_user))
$$;

CREATE FUNCTION own_oldest_queued(p_user uuid, p_limit text, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT q.* FROM oldest_queued(p_user, p_limit) AS q
    WHERE (SELECT holds_lease(p_user, p_proofs))
$$;

CREATE FUNCTION own_order(p_order uuid, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT o.* FROM orders AS o WHERE o.id = p_order AND held_lease(o.user_id, p_proofs)
$$;

CREATE FUNCTION own_order_by_client_id(p_account uuid, p_client_id text, p_proofs uuid[])
RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT o.* FROM orders AS o
    WHERE
        o.account_id = p_account AND o.client_order_id = p_client_id
        AND held_lease(o.user_id, p_proofs)
$$;

CREATE FUNCTION own_accounts(p_user uuid, p_proofs uuid[]) RETURNS SETOF account_records
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT a.* FROM account_records AS a
    WHERE (SELECT holds_lease(p_user, p_proofs)) AND a.user_id = p_user
$$;

CREATE FUNCTION own_credentials(p_user uuid, p_account uuid, p_proofs uuid[])
RETURNS TABLE (sealed bytea, key_version integer)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.sealed, c.key_version FROM account_credentials AS c
    WHERE
        (SELECT holds_lease(p_user, p_proofs))
        AND c.user_id = p_user AND c.account_id = p_account
$$;

-- Keep whose account the venue says it is; false where that would take over what another's key left
-- open. Whether something is open is asked only of an account that was somebody's before.
CREATE FUNCTION bind_own_venue(
    p_user uuid, p_account uuid, p_venue_account text, p_proofs uuid[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_known text;
BEGIN
    IF NOT holds_lease(p_user, p_proofs) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not under this lease';
    END IF;
    SELECT a.venue_account INTO v_known FROM accounts AS a
    WHERE a.id = p_account AND a.user_id = p_user
    FOR UPDATE;
    IF v_known IS NOT DISTINCT FROM p_venue_account THEN
        RETURN true;
    END IF;
    IF v_known IS NOT NULL AND (
        EXISTS (
            SELECT 1 FROM orders AS o
            WHERE
                o.user_id = p_user AND o.account_id = p_account
                AND NOT is_final(o.state) AND o.state <> 'queued'
        )
        OR EXISTS (
            SELECT 1 FROM fills AS f
            WHERE f.user_id = p_user AND f.account_id = p_account
            GROUP BY f.symbol
            HAVING sum(CASE WHEN f.side = 'buy' THEN f.quantity ELSE -f.quantity END) <> 0
        )
    ) THEN
        RETURN false;
    END IF;
    UPDATE accounts SET venue_account = p_venue_account
    WHERE id = p_account AND user_id = p_user;
    RETURN true;
END
$$;

-- A worker's word goes into its own user's log, and under a worker's name.
CREATE FUNCTION append_own_audit(p_user uuid, p_entry jsonb, p_proofs uuid[]) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    IF NOT holds_lease(p_user, p_proofs) OR p_entry ->> 'actor' NOT LIKE 'worker:%' THEN
        RAISE insufficient_privilege USING MESSAGE = 'not under this lease';
    END IF;
    RETURN append_audit(p_user, p_entry);
END
$$;

-- Before it has a lease a worker can only say for whom it waits; it never takes another's row.
CREATE FUNCTION put_own_worker(p_worker jsonb, p_proofs uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_user uuid := p_worker ->> 'user_id';
BEGIN
    IF (p_worker ->> 'epoch' IS NOT NULL AND NOT held_lease(v_user, p_proofs))
        OR EXISTS (
            SELECT 1 FROM workers AS w
            WHERE w.id = (p_worker ->> 'id')::uuid AND w.user_id <> v_user
        )
    THEN
        RAISE insufficient_privilege USING MESSAGE = 'not under this lease';
    END IF;
    PERFORM put_worker(p_worker);
END
$$;

-- Its own row, or that of a worker which has no lease: before it has one, nobody can tell them apart.
CREATE FUNCTION drop_own_worker(p_worker uuid, p_proofs uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    PERFORM drop_worker(w.id) FROM workers AS w
    WHERE w.id = p_worker AND (w.epoch IS NULL OR held_lease(w.user_id, p_proofs));
END
$$;

CREATE FUNCTION claim_own_order(p_claim jsonb, p_proofs uuid[])
RETURNS TABLE (why text, ahead uuid, claimed jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_is_given boolean := was_given(p_claim -> 'lease', p_proofs);
BEGIN
    -- Asked for nobody it finds nothing, but its statements are prepared for who comes next.
    SELECT c.why, c.ahead, c.claimed INTO STRICT why, ahead, claimed
    FROM claim_order(CASE WHEN v_is_given THEN p_claim ELSE '{}' END) AS c;
    IF NOT v_is_given THEN
        why := 'lease_lost';
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION settle_own_order(p_said jsonb, p_child jsonb, p_proofs uuid[])
RETURNS TABLE (state_now text, has_changed boolean, child_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
#variable_conflict use_column
DECLARE
    v_is_own boolean := p_said ->> 'actor' LIKE 'worker:%' AND EXISTS (
        SELECT 1 FROM orders AS o
        WHERE o.id = (p_said ->> 'order_id')::uuid AND held_lease(o.user_id, p_proofs)
    );
BEGIN
    RETURN QUERY SELECT s.state_now, s.has_changed, s.child_id
    FROM settle_order(CASE WHEN v_is_own THEN p_said ELSE '{}' END, p_child) AS s;
END
$$;

CREATE FUNCTION deny_own_order(
    p_order uuid, p_code text, p_message text, p_lease jsonb, p_proofs uuid[]
) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT was_given(p_lease, p_proofs) AND deny_order(p_order, p_code, p_message, p_lease)
$$;

CREATE FUNCTION note_own_cancel_sent(p_order uuid, p_lease jsonb, p_proofs uuid[])
RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT was_given(p_lease, p_proofs) AND note_cancel_sent(p_order, p_lease)
$$;

CREATE FUNCTION pass_own_sibling(p_order uuid, p_ahead uuid, p_lease jsonb, p_proofs uuid[])
RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT was_given(p_lease, p_proofs) AND pass_sibling(p_order, p_ahead, p_lease)
$$;

CREATE FUNCTION take_over_own(p_lease jsonb, p_proofs uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT take_over(CASE WHEN was_given(p_lease, p_proofs) THEN p_lease ELSE '{}' END)
$$;

CREATE FUNCTION sweep_own(p_lease jsonb, p_proofs uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT sweep(CASE WHEN was_given(p_lease, p_proofs) THEN p_lease ELSE '{}' END)
$$;
