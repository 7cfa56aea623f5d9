-- As in 0200_comparisons.sql; and what attempts of the same day took in before they failed, which a
-- later one finds recorded.

CREATE OR REPLACE FUNCTION own_ledger(p_user uuid, p_account uuid, p_proofs uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH asked AS (
        SELECT c.begins_at, c.state, c.kept FROM comparisons AS c
        WHERE
            (SELECT holds_lease(p_user, p_proofs))
            AND c.user_id = p_user AND c.account_id = p_account
        ORDER BY c.begins_at DESC
        LIMIT 1
    ),
    wanted AS (
        SELECT
            a.begins_at, a.kept,
            greatest(
                clock_timestamp() - interval '7 days',
                (
                    SELECT (c.kept ->> 'at')::timestamptz - interval '1 hour' FROM comparisons AS c
                    WHERE c.user_id = p_user AND c.account_id = p_account AND c.state = 'done'
                    ORDER BY c.begins_at DESC
                    LIMIT 1
                )
            ) AS since
        FROM asked AS a WHERE a.state IN ('asked', 'unreachable')
    )
    SELECT jsonb_build_object(
        'begins_at', w.begins_at, 'since', w.since,
        'found_fills', coalesce((w.kept ->> 'found_fills')::bigint, 0),
        'settled_orders', coalesce((w.kept ->> 'settled_orders')::bigint, 0),
        'orders', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', o.id, 'client_order_id', o.client_order_id, 'symbol', o.symbol,
                'state', o.state, 'filled_quantity', o.filled_quantity
            )), '[]')
            FROM orders AS o
            WHERE
                o.user_id = p_user AND o.account_id = p_account AND o.attempts > 0
                AND o.created_at > w.since - interval '1 hour'
        ),
        'fill_keys', (
            SELECT coalesce(jsonb_agg(f.fill_key), '[]') FROM fills AS f
            WHERE
                f.user_id = p_user AND f.account_id = p_account
                AND f.at > w.since - interval '1 hour'
        )
    )
    FROM wanted AS w
$$;
