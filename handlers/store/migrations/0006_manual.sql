-- The doors for orders asked for by hand, and for noting that hints were pushed.

-- Record an order asked for by hand, once for each key of its user. Answers `recorded`, `repeated`,
-- `conflict` (the key was used with another body), `not_found`, or the code of a refusal.
CREATE FUNCTION record_manual(
    p_user uuid, p_asked jsonb, p_key text, p_body_hash bytea, p_trace jsonb
) RETURNS TABLE (answer text, recorded jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_used idempotency_keys;
    v_switch switches;
    v_account text;
    v_order orders;
    v_seq bigint;
BEGIN
    SELECT * INTO v_switch FROM switches WHERE user_id = p_user FOR SHARE;
    PERFORM FROM user_counters WHERE user_id = p_user FOR UPDATE;
    SELECT * INTO v_used FROM idempotency_keys WHERE user_id = p_user AND key = p_key;
    SELECT state INTO v_account FROM accounts
    WHERE id = (p_asked ->> 'account_id')::uuid AND user_id = p_user;
    answer := CASE
        WHEN v_used.body_hash = p_body_hash THEN 'repeated'
        WHEN v_used.body_hash IS NOT NULL THEN 'conflict'
        WHEN v_account IS NULL THEN 'not_found'
        WHEN v_account <> 'enabled' THEN 'account_disabled'
        WHEN v_switch.is_engaged
            AND NOT (v_switch.allows_exits AND (p_asked -> 'reduce_only')::boolean)
            THEN 'kill_switch_active'
        ELSE 'recorded'
    END;
    IF answer = 'repeated' THEN
        SELECT to_jsonb(o) INTO recorded FROM orders AS o WHERE o.id = v_used.order_id;
    ELSIF answer = 'recorded' THEN
        UPDATE account_counters SET seq = seq + 1
        WHERE account_id = (p_asked ->> 'account_id')::uuid
        RETURNING seq INTO STRICT v_seq;
        v_order := born_order(
            p_asked, p_user, NULL, NULL, v_seq, p_asked ->> 'denied_code', p_trace ->> 0,
            p_trace ->> 1
        );
        PERFORM give_birth(v_order, 'user', v_order.created_at);
        INSERT INTO idempotency_keys (user_id, key, body_hash, order_id)
        VALUES (p_user, p_key, p_body_hash, v_order.id);
        recorded := to_jsonb(v_order);
    END IF;
    RETURN NEXT;
END
$$;

-- Note that hints were pushed. Rows that somebody holds are left out: one hint more does no harm.
CREATE FUNCTION mark_hinted(p_orders text[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
    UPDATE outbox SET hinted_at = clock_timestamp()
    WHERE order_id IN (
        SELECT order_id FROM outbox
        WHERE order_id = ANY (p_orders::uuid[])
        ORDER BY order_id
        FOR UPDATE SKIP LOCKED
    )
$$;
