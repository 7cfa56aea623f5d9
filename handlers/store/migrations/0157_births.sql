-- What the recording doors are made of, once more: new orders with their numbers, written together.

-- The orders that a signal was recorded with, in their order; numbers are each account's own.
CREATE OR REPLACE FUNCTION first_orders(p_signal uuid) RETURNS text[]
LANGUAGE sql STABLE AS $$
    SELECT ARRAY(
        SELECT o.id::text FROM orders AS o
        WHERE o.signal_id = p_signal AND o.leg = 1
        ORDER BY o.created_at, o.id
    )
$$;

-- The orders that an alert makes, with the numbers they have in their accounts. Of each account that
-- the batch names, as many numbers are taken at once as it may need; `p_numbers` has what is left.
CREATE FUNCTION born_of(
    p_signal signals, p_asked jsonb, p_is_engaged boolean, p_numbers jsonb, p_batch jsonb,
    OUT numbers jsonb, OUT born orders[]
)
LANGUAGE plpgsql AS $$
DECLARE
    v_order jsonb;
    v_account text;
    v_state text;
    v_last bigint;
    v_most bigint;
BEGIN
    numbers := p_numbers;
    born := '{}';
    FOR v_order IN SELECT e.asked FROM jsonb_array_elements(p_asked -> 'orders') AS e (asked) LOOP
        v_account := v_order ->> 'account_id';
        SELECT a.state INTO STRICT v_state FROM accounts AS a WHERE a.id = v_account::uuid;
        IF NOT numbers ? v_account THEN
            SELECT count(*) INTO v_most
            FROM jsonb_path_query(p_batch, '$[*].orders[*].account_id') AS named (account_id)
            WHERE named.account_id = to_jsonb(v_account);
            UPDATE account_counters SET seq = seq + v_most WHERE account_id = v_account::uuid
            RETURNING seq - v_most INTO STRICT v_last;
        ELSE
            v_last := numbers -> v_account;
        END IF;
        numbers := numbers || jsonb_build_object(v_account, v_last + 1);
        born := born || born_order(
            -- How long it is wanted is the edge's word; from when on is this clock's, as claims are.
            v_order || jsonb_build_object(
                'expires_at',
                clock_timestamp()
                    + ((v_order ->> 'expires_at')::timestamptz - p_signal.received_at)
            ),
            p_signal.user_id, p_signal.strategy_id, p_signal.id, v_last + 1,
            coalesce(
                v_order ->> 'denied_code',
                CASE
                    WHEN v_state <> 'enabled' THEN 'account_disabled'
                    WHEN p_is_engaged AND NOT (v_order -> 'reduce_only')::boolean
                        THEN 'kill_switch_active'
                END
            ),
            p_signal.trace_id, p_asked ->> 'traceparent'
        );
    END LOOP;
END
$$;

-- Write new orders with what goes with them: their commands, where they are queued, and their first
-- events. `p_received` has for each when its alert came.
CREATE FUNCTION write_born(p_orders orders[], p_actor text, p_received timestamptz[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(p_orders) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO orders SELECT o.* FROM unnest(p_orders) AS o;
    INSERT INTO outbox (order_id, is_cancel, created_at)
    SELECT o.id, false, o.created_at FROM unnest(p_orders) AS o WHERE o.state = 'queued';
    INSERT INTO order_events (
        order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor, evidence
    )
    SELECT
        o.id, e.n, o.user_id, CASE WHEN e.n = o.event_n THEN stream_mark() END,
        CASE WHEN e.n = 1 THEN p_received[o.ordinality] ELSE o.created_at END,
        e.stage, e.from_state, e.to_state, p_actor,
        CASE WHEN e.n < 3 THEN '{}' ELSE jsonb_build_object('code', o.error_code) END
    FROM unnest(p_orders) WITH ORDINALITY AS o
    CROSS JOIN LATERAL (
        VALUES
        (1, 'edge_received', NULL, NULL),
        (2, 'edge_recorded', NULL, 'queued'),
        (3, 'denied', 'queued', 'denied')
    ) AS e (n, stage, from_state, to_state)
    WHERE e.n <= o.event_n
    ORDER BY o.ordinality, e.n;
END
$$;

-- The same for one order alone.
CREATE OR REPLACE FUNCTION give_birth(p_order orders, p_actor text, p_received_at timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM write_born(ARRAY[p_order], p_actor, ARRAY[p_received_at]);
END
$$;
