-- What observers read: the way of every order, counts of what there is. They see no body, no
-- quantity, no price, and nothing of an account but its broker; they lock and write nothing.

-- Events and alerts are written as they happen, so a block's range of times finds them.
CREATE INDEX order_events_at ON order_events USING brin (at) WITH (pages_per_range = 16);
CREATE INDEX signals_received ON signals USING brin (received_at) WITH (pages_per_range = 16);

CREATE FUNCTION order_trail(p_order uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'order_id', o.id, 'signal_id', o.signal_id, 'broker', a.broker, 'mode', o.mode,
        'symbol', o.symbol, 'state', o.state, 'error_code', o.error_code,
        'trace_id', o.trace_id, 'traceparent', o.traceparent,
        'events', (
            SELECT jsonb_agg(jsonb_build_object(
                'n', e.n, 'at', e.at, 'stage', e.stage, 'to_state', e.to_state, 'actor', e.actor
            ) ORDER BY e.n)
            FROM order_events AS e WHERE e.order_id = o.id
        )
    )
    FROM orders AS o
    JOIN accounts AS a ON a.id = o.account_id
    WHERE o.id = p_order
$$;

CREATE FUNCTION order_trails(p_after timestamptz, p_waiting uuid[], p_limit text)
RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH touched AS (
        SELECT e.order_id, max(e.at) AS last_at
        FROM order_events AS e
        WHERE e.at > p_after
        GROUP BY e.order_id
        ORDER BY last_at, e.order_id
        LIMIT p_limit::integer
    ),
    wanted AS (
        SELECT t.order_id, t.last_at FROM touched AS t
        UNION ALL
        SELECT w.order_id, (SELECT max(e.at) FROM order_events AS e WHERE e.order_id = w.order_id)
        FROM unnest(p_waiting) AS w (order_id)
        WHERE w.order_id NOT IN (SELECT t.order_id FROM touched AS t)
    )
    SELECT order_trail(w.order_id) FROM wanted AS w
    WHERE w.last_at IS NOT NULL
    ORDER BY w.last_at, w.order_id
$$;

CREATE FUNCTION census() RETURNS jsonb
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
        'workers', (
            SELECT coalesce(jsonb_object_agg(w.state, w.n), '{}') FROM (
                SELECT k.state, count(*) AS n FROM workers AS k
                WHERE k.state <> 'gone' GROUP BY k.state
            ) AS w
        ),
        'unsent', (SELECT count(*) FROM outbox)
    )
$$;

CREATE FUNCTION alert_counts(p_after timestamptz, p_until timestamptz)
RETURNS TABLE (outcome text, code text, n bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT s.outcome, s.code, count(*) FROM signals AS s
    WHERE s.received_at > p_after AND s.received_at <= p_until
    GROUP BY s.outcome, s.code
$$;
