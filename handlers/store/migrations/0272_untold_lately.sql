-- As in 0271_untold_fills.sql, among the newest alone: who comes after a worker that is gone comes soon, and
-- a day of one user may have more orders than can be looked through before a session opens.
CREATE OR REPLACE FUNCTION own_untold_orders(p_user uuid, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
    SELECT o.* FROM orders AS o
    WHERE
        o.id IN (
            SELECT n.id FROM orders AS n
            WHERE
                (SELECT holds_lease(p_user, p_proofs)) AND n.user_id = p_user
                AND n.created_at > clock_timestamp() - interval '1 day'
            ORDER BY n.created_at DESC, n.id DESC
            LIMIT 2000
        )
        AND o.filled_quantity > 0 AND is_final(o.state)
        AND o.filled_quantity > (
            SELECT coalesce(sum(f.quantity), 0) FROM fills AS f WHERE f.order_id = o.id
        )
    ORDER BY o.created_at, o.id
$$;
