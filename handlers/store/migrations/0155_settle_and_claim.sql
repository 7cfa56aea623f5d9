-- The commit that writes down what became of one order claims the next one of its account: a lane that
-- has more to do waits for the disk once an order. Each of the two does what its own door does.
-- Locks, always in this order: switches, orders by id.

CREATE FUNCTION settle_and_claim_own(p_said jsonb, p_child jsonb, p_claim jsonb, p_proofs uuid[])
RETURNS TABLE (
    state_now text, has_changed boolean, child_id uuid, why text, ahead uuid, claimed jsonb
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_user uuid := p_claim #>> '{lease,user_id}';
    v_is_engaged boolean;
BEGIN
    IF NOT was_given(p_claim -> 'lease', p_proofs) OR NOT is_own_saying(p_said, p_proofs) THEN
        RETURN;
    END IF;
    SELECT w.is_engaged INTO v_is_engaged FROM switches AS w WHERE w.user_id = v_user FOR SHARE;
    PERFORM FROM orders AS o
    WHERE
        o.id IN ((p_said ->> 'order_id')::uuid, (p_claim ->> 'order_id')::uuid)
        AND o.user_id = v_user
    ORDER BY o.id
    FOR UPDATE;
    SELECT s.state_now, s.has_changed, s.child_id
    INTO STRICT state_now, has_changed, child_id
    FROM settle_known(p_said, p_child, v_is_engaged) AS s;
    SELECT c.why, c.ahead, c.claimed INTO STRICT why, ahead, claimed
    FROM claim_order(p_claim) AS c;
    RETURN NEXT;
END
$$;

-- Some orders at once, as `own_order` has one.
CREATE FUNCTION own_orders(p_orders uuid[], p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
BEGIN
    RETURN QUERY SELECT o.* FROM orders AS o
    WHERE o.id = ANY (p_orders) AND held_lease(o.user_id, p_proofs);
END
$$;

GRANT EXECUTE ON FUNCTION
    settle_and_claim_own(jsonb, jsonb, jsonb, uuid[]), own_orders(uuid[], uuid[])
TO fourpass_worker;
