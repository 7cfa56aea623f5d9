-- As in 0182_taken_over.sql, and what came of the comparisons of everybody's last day.

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
    ),
    recent AS (
        SELECT c.state, c.kept, c.acknowledged_at FROM comparisons AS c
        WHERE c.begins_at > clock_timestamp() - interval '1 day'
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
        'unsent', (SELECT count(*) FROM outbox),
        'comparisons', (
            SELECT coalesce(jsonb_object_agg(r.state, r.n), '{}') FROM (
                SELECT d.state, count(*) AS n FROM recent AS d WHERE d.state <> 'idle'
                GROUP BY d.state
            ) AS r
        ),
        'differing', (
            SELECT count(*) FROM recent AS d
            WHERE d.kept -> 'differences' <> '[]' AND d.acknowledged_at IS NULL
        ),
        'found_fills', (
            SELECT coalesce(sum((d.kept ->> 'found_fills')::bigint), 0) FROM recent AS d
        )
    )
$$;
