-- What the recording doors are made of: an order's first row and events, and what an alert cancels.

CREATE FUNCTION born_order(
    p_asked jsonb, p_user uuid, p_strategy uuid, p_signal uuid, p_seq bigint, p_denied_code text,
    p_trace_id text, p_traceparent text
) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    v_order orders;
BEGIN
    v_order := jsonb_populate_record(NULL::orders, p_asked);
    v_order.user_id := p_user;
    v_order.strategy_id := p_strategy;
    v_order.signal_id := p_signal;
    v_order.leg := 1;
    v_order.seq := p_seq;
    v_order.state := CASE WHEN p_denied_code IS NULL THEN 'queued' ELSE 'denied' END;
    v_order.error_code := p_denied_code;
    v_order.filled_quantity := 0;
    v_order.attempts := 0;
    v_order.trace_id := p_trace_id;
    v_order.traceparent := p_traceparent;
    v_order.created_at := clock_timestamp();
    v_order.updated_at := v_order.created_at;
    v_order.asked_side := v_order.side;
    v_order.asked_reduce_only := v_order.reduce_only;
    v_order.event_n := CASE WHEN p_denied_code IS NULL THEN 2 ELSE 3 END;
    RETURN v_order;
END
$$;

-- Insert a new order with its outbox row, if it is queued, and its first events: when its alert was
-- received, when it was recorded, and its denial. The caller holds the user's counter.
CREATE FUNCTION give_birth(p_order orders, p_actor text, p_received_at timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_first bigint;
BEGIN
    INSERT INTO orders SELECT p_order.*;
    UPDATE user_counters SET stream_n = stream_n + p_order.event_n
    WHERE user_id = p_order.user_id
    RETURNING stream_n - p_order.event_n INTO STRICT v_first;
    INSERT INTO order_events (
        order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor
    ) VALUES
    (
        p_order.id, 1, p_order.user_id, v_first + 1, p_received_at, 'edge_received', NULL, NULL,
        p_actor
    ),
    (
        p_order.id, 2, p_order.user_id, v_first + 2, p_order.created_at, 'edge_recorded', NULL,
        'queued', p_actor
    );
    IF p_order.state = 'queued' THEN
        INSERT INTO outbox (order_id, is_cancel, created_at)
        VALUES (p_order.id, false, p_order.created_at);
    ELSE
        INSERT INTO order_events (
            order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor, evidence
        ) VALUES (
            p_order.id, 3, p_order.user_id, v_first + 3, p_order.created_at, 'denied', 'queued',
            'denied', p_actor, jsonb_build_object('code', p_order.error_code)
        );
    END IF;
END
$$;

-- The orders that a signal was recorded with, in their order.
CREATE FUNCTION first_orders(p_signal uuid) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT o.id::text FROM orders AS o
        WHERE o.signal_id = p_signal AND o.leg = 1
        ORDER BY o.seq
    )
$$;

-- Lock what the batch's alerts may cancel, in the order of ids; orders come before counters.
CREATE FUNCTION lock_cancellable(p_batch jsonb) RETURNS uuid[]
LANGUAGE sql VOLATILE AS $$
    WITH locked AS (
        SELECT o.id
        FROM orders AS o
        WHERE o.id IN (
            SELECT n.id
            FROM jsonb_array_elements(p_batch) AS s (signal)
            CROSS JOIN LATERAL jsonb_array_elements(s.signal -> 'cancels') AS c (cancel)
            CROSS JOIN LATERAL open_orders((s.signal ->> 'user_id')::uuid) AS u (id)
            INNER JOIN orders AS n ON n.id = u.id
            WHERE
                n.account_id = (c.cancel ->> 'account_id')::uuid
                AND n.symbol = coalesce(c.cancel ->> 'symbol', n.symbol)
        )
        ORDER BY o.id
        FOR UPDATE OF o
    )
    SELECT coalesce(array_agg(id), '{}') FROM locked
$$;

-- Cancel what one alert names: a queued order ends, a live one's cancel is wanted from now on.
-- Returns the live ones with their accounts.
CREATE FUNCTION cancel_named(p_user uuid, p_cancels jsonb, p_locked uuid[]) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    v_order orders;
    v_live jsonb := '[]';
BEGIN
    FOR v_order IN
        SELECT o.* FROM orders AS o
        WHERE
            o.id = ANY (p_locked) AND o.user_id = p_user
            AND EXISTS (
                SELECT 1 FROM jsonb_array_elements(p_cancels) AS c (cancel)
                WHERE
                    o.account_id = (c.cancel ->> 'account_id')::uuid
                    AND o.symbol = coalesce(c.cancel ->> 'symbol', o.symbol)
            )
        ORDER BY o.id
    LOOP
        IF v_order.state = 'queued' THEN
            PERFORM move_order(v_order, 'cancelled', 'cancel_requested', 'edge', NULL, NULL);
        ELSIF is_live(v_order.state) THEN
            PERFORM want_cancel(v_order, 'edge');
            v_live := v_live || jsonb_build_array(
                jsonb_build_array(v_order.id, v_order.account_id)
            );
        END IF;
    END LOOP;
    RETURN v_live;
END
$$;
