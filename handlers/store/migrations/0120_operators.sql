-- What an operator sees of everybody: counts, worker processes, how long hops took. No body, no
-- symbol, no amount, nobody's name. Who asks is whom the transaction is for, and no argument says
-- otherwise; whoever is no operator gets nothing.

CREATE FUNCTION operations_seen(p_after timestamptz, p_orders text, p_workers text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH touched AS (
        SELECT e.order_id FROM order_events AS e
        WHERE e.at > p_after
        GROUP BY e.order_id
        ORDER BY max(e.at) DESC, e.order_id
        LIMIT p_orders::integer
    ),
    hops AS (
        SELECT e.stage, e.at - lag(e.at) OVER (PARTITION BY e.order_id ORDER BY e.n) AS took
        FROM order_events AS e
        WHERE e.order_id IN (SELECT t.order_id FROM touched AS t)
    ),
    timed AS (
        -- Clocks of several machines: a hop that ends before it began took no time.
        SELECT h.stage, greatest(extract(epoch FROM h.took), 0) * 1000 AS ms
        FROM hops AS h
        WHERE h.took IS NOT NULL
    ),
    ranked AS (
        SELECT
            t.stage, count(*) AS n, max(t.ms) AS most,
            percentile_disc(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (ORDER BY t.ms) AS ranks
        FROM timed AS t
        GROUP BY t.stage
    ),
    running AS (
        SELECT w.* FROM workers AS w
        WHERE w.state <> 'gone'
        ORDER BY w.last_seen_at, w.id
        LIMIT p_workers::integer
    )
    SELECT jsonb_build_object(
        'census', census(),
        'workers', (
            SELECT coalesce(jsonb_agg(to_jsonb(r) ORDER BY r.last_seen_at, r.id), '[]')
            FROM running AS r
        ),
        'measured', (SELECT count(*) FROM touched),
        'hops', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'stage', k.stage, 'count', k.n, 'p50_ms', k.ranks[1], 'p95_ms', k.ranks[2],
                'p99_ms', k.ranks[3], 'max_ms', k.most
            )), '[]')
            FROM ranked AS k
        )
    )
    FROM users AS u
    WHERE u.id = acting_user() AND 'operator' = ANY (u.roles)
$$;
GRANT EXECUTE ON FUNCTION operations_seen(timestamptz, text, text) TO fourpass_app;
