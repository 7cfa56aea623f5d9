-- Let an order go before an older one of the same alert source: two alerts of one bar arrived
-- swapped. Which goes first is decided in handlers/same_bar.py; what may be swapped at all, here.
-- Locks both orders, by id.
CREATE FUNCTION pass_sibling(p_order uuid, p_ahead uuid, p_lease jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_user uuid := p_lease ->> 'user_id';
    v_order orders;
    v_ahead orders;
BEGIN
    PERFORM FROM orders AS o
    WHERE o.id IN (p_order, p_ahead) AND o.user_id = v_user
    ORDER BY o.id
    FOR UPDATE;
    SELECT * INTO v_order FROM orders WHERE id = p_order AND user_id = v_user;
    SELECT * INTO v_ahead FROM orders WHERE id = p_ahead AND user_id = v_user;
    IF v_order.state IS DISTINCT FROM 'queued' OR v_ahead.state IS DISTINCT FROM 'queued'
        OR v_order.account_id <> v_ahead.account_id OR v_order.symbol <> v_ahead.symbol
        OR v_order.strategy_id IS DISTINCT FROM v_ahead.strategy_id
        OR v_order.strategy_id IS NULL
        OR v_order.seq < v_ahead.seq
        OR v_order.created_at - v_ahead.created_at > interval '150 milliseconds'
        OR NOT lease_runs(
            v_user, (p_lease ->> 'worker_id')::uuid, (p_lease ->> 'epoch')::bigint, interval '0'
        )
    THEN
        RETURN false;
    END IF;
    UPDATE orders SET
        seq = CASE WHEN id = p_order THEN v_ahead.seq ELSE v_order.seq END,
        updated_at = clock_timestamp()
    WHERE id IN (p_order, p_ahead);
    RETURN true;
END
$$;
