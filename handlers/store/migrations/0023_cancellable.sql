-- What an alert may cancel, and the locks that hold it still while the alert is recorded.

-- The orders that the batch's alerts may cancel, as the caller's statement sees them.
CREATE FUNCTION cancellable(p_batch jsonb) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT n.id
    FROM jsonb_array_elements(p_batch) AS s (signal)
    CROSS JOIN LATERAL jsonb_array_elements(s.signal -> 'cancels') AS c (cancel)
    CROSS JOIN LATERAL open_orders((s.signal ->> 'user_id')::uuid) AS u (id)
    INNER JOIN orders AS n ON n.id = u.id
    WHERE
        n.account_id = (c.cancel ->> 'account_id')::uuid
        AND n.symbol = coalesce(c.cancel ->> 'symbol', n.symbol)
$$;

CREATE OR REPLACE FUNCTION lock_cancellable(p_batch jsonb) RETURNS uuid[]
LANGUAGE sql VOLATILE AS $$
    WITH locked AS (
        SELECT o.id FROM orders AS o
        WHERE o.id IN (SELECT cancellable(p_batch))
        ORDER BY o.id
        FOR UPDATE OF o
    )
    SELECT coalesce(array_agg(id), '{}') FROM locked
$$;

-- Lock what a batch needs: the orders it may cancel, then its users' counters. Whoever had a counter
-- may have recorded one more such order meanwhile. Orders come before counters, so everything is
-- given back (the end of the block does that) and taken anew, with that order among it.
CREATE FUNCTION lock_for_record(p_batch jsonb, p_users uuid[]) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE
    v_locked uuid[] := '{}';
BEGIN
    IF NOT p_batch @? '$[*].cancels[*]' THEN
        PERFORM FROM user_counters WHERE user_id = ANY (p_users) ORDER BY user_id FOR UPDATE;
        RETURN v_locked;
    END IF;
    FOR try IN 1..20 LOOP
        BEGIN
            v_locked := lock_cancellable(p_batch);
            PERFORM FROM user_counters WHERE user_id = ANY (p_users) ORDER BY user_id FOR UPDATE;
            PERFORM FROM cancellable(p_batch) AS c (id) WHERE c.id <> ALL (v_locked);
            IF NOT FOUND THEN
                RETURN v_locked;
            END IF;
            RAISE EXCEPTION USING ERRCODE = 'FP001', MESSAGE = 'an order came in between';
        EXCEPTION WHEN SQLSTATE 'FP001' THEN
            v_locked := '{}';
        END;
    END LOOP;
    RAISE lock_not_available USING MESSAGE = 'orders keep coming in between';
END
$$;
