-- An order may be over before its executions are told: a venue answers that it filled, and tells of the
-- trades a moment later. Whoever listened may be gone by then, and nobody looks at what is over.

-- Orders of the last day that are over, of which more filled than the executions written down come to.
CREATE FUNCTION own_untold_orders(p_user uuid, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
    SELECT o.* FROM orders AS o
    WHERE
        (SELECT holds_lease(p_user, p_proofs)) AND o.user_id = p_user
        AND o.created_at > clock_timestamp() - interval '1 day'
        AND o.filled_quantity > 0 AND is_final(o.state)
        AND o.filled_quantity > (
            SELECT coalesce(sum(f.quantity), 0) FROM fills AS f WHERE f.order_id = o.id
        )
    ORDER BY o.created_at, o.id
$$;
GRANT EXECUTE ON FUNCTION own_untold_orders(uuid, uuid[]) TO fourpass_worker;
