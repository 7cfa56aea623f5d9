-- How often a user's lease was taken over: its holder did not give it back. Counted where it is given
-- to another, or where somebody else ends it because its holder is dead, so that no crash hides it.

ALTER TABLE worker_leases ADD COLUMN taken_over bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION take_lease(p_user uuid, p_worker uuid)
RETURNS TABLE (taken bigint, shown uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
BEGIN
    INSERT INTO worker_leases AS l (user_id, worker_id, epoch, expires_at)
    VALUES (p_user, p_worker, 1, clock_timestamp() + interval '15 seconds')
    ON CONFLICT (user_id) DO UPDATE SET
        worker_id = EXCLUDED.worker_id, epoch = l.epoch + 1,
        expires_at = clock_timestamp() + interval '15 seconds', is_released = false,
        taken_over = l.taken_over + CASE WHEN l.is_released THEN 0 ELSE 1 END
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

CREATE OR REPLACE FUNCTION release_lease(p_lease jsonb) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    UPDATE worker_leases SET
        expires_at = least(expires_at, clock_timestamp()), is_released = true,
        taken_over = taken_over + CASE WHEN is_released THEN 0 ELSE 1 END
    WHERE
        user_id = (p_lease ->> 'user_id')::uuid AND worker_id = (p_lease ->> 'worker_id')::uuid
        AND epoch = (p_lease ->> 'epoch')::bigint
$$;

CREATE OR REPLACE FUNCTION census() RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH live AS (
        SELECT o.state, count(*) AS n, min(o.created_at) AS since FROM orders AS o
        WHERE o.state = 'queued'
        GROUP BY o.state
        UNION ALL
        SELECT o.state, count(*), min(o.created_at) FROM orders AS o
        WHERE o.state IN ('sending', 'unknown', 'needs_review')
        GROUP BY o.state
        UNION ALL
        SELECT o.state, count(*), min(o.created_at) FROM orders AS o
        WHERE o.state IN ('accepted', 'partially_filled')
        GROUP BY o.state
    )
    SELECT jsonb_build_object(
        'orders', (SELECT coalesce(jsonb_object_agg(l.state, l.n), '{}') FROM live AS l),
        'oldest', (
            SELECT coalesce(
                jsonb_object_agg(l.state, extract(epoch FROM clock_timestamp() - l.since)), '{}'
            )
            FROM live AS l WHERE l.state IN ('queued', 'unknown', 'needs_review')
        ),
        'leases', (
            SELECT count(*) FROM worker_leases AS w WHERE w.expires_at > clock_timestamp()
        ),
        'taken_over', (SELECT coalesce(sum(w.taken_over), 0) FROM worker_leases AS w),
        'workers', (
            SELECT coalesce(jsonb_object_agg(w.state, w.n), '{}') FROM (
                SELECT k.state, count(*) AS n FROM workers AS k
                WHERE k.state <> 'gone' GROUP BY k.state
            ) AS w
        ),
        'unsent', (SELECT count(*) FROM outbox)
    )
$$;
