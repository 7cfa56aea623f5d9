-- Requests that are carried out outside the record (a dead letter said again) keep what they are
-- answered under their idempotency key, among those of orders: one key, one request, for good.

ALTER TABLE idempotency_keys
ALTER COLUMN order_id DROP NOT NULL,
ADD COLUMN answer jsonb,
ADD COLUMN tried_at timestamptz,
ADD COLUMN is_done boolean NOT NULL DEFAULT true,
ADD CONSTRAINT idempotency_keys_say_what CHECK ((order_id IS NULL) <> (answer IS NULL));

-- Keep an answer under a key, or find the one that is kept; without one, only find. `verdict` is
-- `mine` for who shall carry it out now: the first to ask, and who asks again 30 s after somebody
-- began and never said that it was done. It is `kept` for all others, `conflict` where the key was
-- used for another request, and there is no row where nothing is kept and nothing was given.
CREATE FUNCTION keep_answer(
    p_user uuid, p_key text, p_body_hash bytea, p_answer jsonb, p_entry jsonb
) RETURNS TABLE (verdict text, kept jsonb, is_done boolean)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
DECLARE
    v_used idempotency_keys;
    v_mine boolean;
BEGIN
    -- As recording an order does, so that a key has one request whatever it is for.
    PERFORM FROM user_counters WHERE user_id = p_user FOR UPDATE;
    SELECT * INTO v_used FROM idempotency_keys WHERE user_id = p_user AND key = p_key;
    IF FOUND THEN
        v_mine := NOT v_used.is_done AND v_used.tried_at < clock_timestamp() - interval '30 s';
        IF v_used.body_hash = p_body_hash AND v_mine THEN
            UPDATE idempotency_keys SET tried_at = clock_timestamp()
            WHERE user_id = p_user AND key = p_key;
        END IF;
        verdict := CASE
            WHEN v_used.body_hash <> p_body_hash OR v_used.answer IS NULL THEN 'conflict'
            WHEN v_mine THEN 'mine'
            ELSE 'kept'
        END;
        kept := v_used.answer;
        is_done := v_used.is_done;
        RETURN NEXT;
    ELSIF p_answer IS NOT NULL THEN
        INSERT INTO idempotency_keys (user_id, key, body_hash, answer, tried_at, is_done)
        VALUES (p_user, p_key, p_body_hash, p_answer, clock_timestamp(), false);
        PERFORM append_audit(p_user, p_entry);
        verdict := 'mine';
        kept := p_answer;
        is_done := false;
        RETURN NEXT;
    END IF;
END
$$;

CREATE FUNCTION finish_answer(p_user uuid, p_key text) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
    UPDATE idempotency_keys SET is_done = true
    WHERE user_id = p_user AND key = p_key AND answer IS NOT NULL
$$;
