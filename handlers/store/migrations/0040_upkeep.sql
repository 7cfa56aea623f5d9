-- What the control plane keeps of orders and workers, and what it finds out of order. It looks at
-- everybody's, so each look is a door of its own; none of them holds up an order's way for long.

-- How far the looks at an order's fills have come: one row an order that was sent, until it is final.
CREATE TABLE order_checks (
    order_id uuid PRIMARY KEY REFERENCES orders (id),
    attempt integer NOT NULL,
    noted_at timestamptz NOT NULL
) WITH (fillfactor = 50);

-- Since when a worker is as it is.
ALTER TABLE workers ADD COLUMN since timestamptz NOT NULL DEFAULT clock_timestamp();

CREATE OR REPLACE FUNCTION put_worker(p_worker jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_new workers := jsonb_populate_record(NULL::workers, p_worker);
    v_old workers;
    v_is_news boolean;
BEGIN
    SELECT * INTO v_old FROM workers WHERE id = v_new.id FOR UPDATE;
    v_is_news := (v_old.user_id, v_old.state, v_old.epoch) IS DISTINCT FROM
        (v_new.user_id, v_new.state, v_new.epoch);
    v_new.last_seen_at := clock_timestamp();
    v_new.since := CASE WHEN v_is_news THEN v_new.last_seen_at ELSE v_old.since END;
    INSERT INTO workers SELECT v_new.*
    ON CONFLICT (id) DO UPDATE SET
        user_id = EXCLUDED.user_id, state = EXCLUDED.state, epoch = EXCLUDED.epoch,
        pid = EXCLUDED.pid, host = EXCLUDED.host, started_at = EXCLUDED.started_at,
        last_seen_at = EXCLUDED.last_seen_at, since = EXCLUDED.since;
    IF v_is_news THEN
        PERFORM tell_stream(v_new.user_id, 'worker', v_new.id);
    END IF;
END
$$;

-- Orders at a venue whose looks have not begun, or broke off: nothing was noted for three minutes.
-- Each is given out once, however many ask at the same time, with the number of its next look.
CREATE FUNCTION due_checks(p_limit text) RETURNS TABLE (attempt integer, command jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
DECLARE
    v_order orders;
BEGIN
    DELETE FROM order_checks AS c USING orders AS o
    WHERE o.id = c.order_id AND is_final(o.state);
    FOR v_order IN
        SELECT o.* FROM orders AS o
        LEFT JOIN order_checks AS c ON c.order_id = o.id
        WHERE
            o.state IN ('accepted', 'partially_filled', 'unknown', 'needs_review')
            AND (c.order_id IS NULL OR c.noted_at <= clock_timestamp() - interval '3 minutes')
        ORDER BY o.id
        LIMIT p_limit::integer
    LOOP
        INSERT INTO order_checks AS c (order_id, attempt, noted_at)
        VALUES (v_order.id, 1, clock_timestamp())
        ON CONFLICT (order_id) DO UPDATE
        SET attempt = c.attempt + 1, noted_at = EXCLUDED.noted_at
        WHERE c.noted_at <= clock_timestamp() - interval '3 minutes'
        RETURNING c.attempt INTO attempt;
        IF FOUND THEN
            command := to_jsonb(v_order);
            RETURN NEXT;
        END IF;
    END LOOP;
END
$$;

-- Note that an order's look of this number is under way; false where a later one was noted.
CREATE FUNCTION note_check(p_order uuid, p_attempt text) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
    INSERT INTO order_checks AS c (order_id, attempt, noted_at)
    VALUES (p_order, p_attempt::integer, clock_timestamp())
    ON CONFLICT (order_id) DO UPDATE SET attempt = EXCLUDED.attempt, noted_at = EXCLUDED.noted_at
    WHERE c.attempt <= EXCLUDED.attempt
    RETURNING true
$$;

-- Orders that nobody moves although somebody should have, each kind for its own span.
CREATE FUNCTION order_findings(p_limit text)
RETURNS TABLE (finding text, user_id uuid, order_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    (
        SELECT 'queued_past_ttl', o.user_id, o.id FROM orders AS o
        WHERE o.state = 'queued' AND o.expires_at <= clock_timestamp() - interval '10 seconds'
        ORDER BY o.expires_at
        LIMIT p_limit::integer
    )
    UNION ALL
    (
        SELECT DISTINCT ON (o.user_id) 'unattended_order', o.user_id, o.id FROM orders AS o
        WHERE
            is_live(o.state)
            AND (o.state <> 'sending' OR o.send_by <= clock_timestamp() - interval '5 seconds')
            AND NOT EXISTS (
                SELECT 1 FROM worker_leases AS l
                WHERE l.user_id = o.user_id AND l.expires_at > clock_timestamp()
            )
        ORDER BY o.user_id, o.id
        LIMIT p_limit::integer
    )
    UNION ALL
    (
        SELECT 'outbox_leftover', o.user_id, o.id FROM outbox AS b
        INNER JOIN orders AS o ON o.id = b.order_id
        WHERE
            coalesce(b.hinted_at, b.created_at) <= clock_timestamp() - interval '30 seconds'
            AND CASE
                WHEN b.is_cancel THEN is_live(o.state) AND o.cancel_sent_at IS NULL
                ELSE o.state = 'queued' AND o.expires_at > clock_timestamp()
            END
        ORDER BY b.created_at
        LIMIT p_limit::integer
    )
$$;

-- End one queued order that is past its time; false if it is not, or not any more.
CREATE FUNCTION expire_order(p_order uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_order orders;
BEGIN
    SELECT o.* INTO v_order FROM orders AS o
    WHERE o.id = p_order AND o.state = 'queued' AND o.expires_at <= clock_timestamp()
    FOR UPDATE;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    PERFORM move_order(v_order, 'expired', 'expired', 'maintenance', NULL, NULL);
    RETURN true;
END
$$;

-- Leases that run, and those that ended within the hour; a worker that lives is seen every 5 s.
CREATE FUNCTION recent_leases(p_limit text)
RETURNS TABLE (lease jsonb, is_running boolean, is_seen boolean)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT
        jsonb_build_object('user_id', l.user_id, 'worker_id', l.worker_id, 'epoch', l.epoch),
        l.expires_at > clock_timestamp(),
        EXISTS (
            SELECT 1 FROM workers AS w
            WHERE
                w.id = l.worker_id
                AND w.last_seen_at > clock_timestamp() - interval '30 seconds'
        )
    FROM worker_leases AS l
    WHERE l.expires_at > clock_timestamp() - interval '1 hour'
    ORDER BY l.expires_at DESC
    LIMIT p_limit::integer
$$;

-- Workers that nobody has seen for 30 s, and those that have a user and for 10 s no lease.
CREATE FUNCTION lost_workers(p_limit text) RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT to_jsonb(w) FROM workers AS w
    WHERE
        w.last_seen_at <= clock_timestamp() - interval '30 seconds'
        OR (
            w.user_id IS NOT NULL AND w.epoch IS NULL
            AND w.since <= clock_timestamp() - interval '10 seconds'
        )
    ORDER BY w.last_seen_at
    LIMIT p_limit::integer
$$;
