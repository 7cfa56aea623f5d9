-- An execution belongs to one order. A report of another order that has it is about something else, and
-- nothing of it is believed but what executions are the order's own: nobody knows how it stands.

-- The keys of these executions that belong to other orders of the account.
CREATE FUNCTION fills_of_others(p_order orders, p_fills jsonb) RETURNS jsonb
LANGUAGE plpgsql AS $$
BEGIN
    IF p_fills = '[]' THEN
        RETURN p_fills;
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(f.fill_key ORDER BY f.fill_key), '[]')
        FROM jsonb_to_recordset(p_fills) AS s (fill_key text)
        INNER JOIN fills AS f
            ON f.account_id = p_order.account_id AND f.fill_key = s.fill_key
        WHERE f.order_id <> p_order.id
    );
END
$$;

-- What a report says that has executions of others, as in handlers/records/lifecycle.py.
CREATE FUNCTION what_is_left(p_order orders) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
    SELECT jsonb_build_object(
        'state', CASE
            WHEN p_order.state = 'sending' THEN 'unknown'
            WHEN p_order.state IN ('accepted', 'partially_filled', 'unknown') THEN 'needs_review'
            ELSE p_order.state
        END,
        'filled_quantity', NULL, 'average_price', NULL, 'broker_order_id', NULL,
        'error_code', 'fill_of_another_order',
        'error_message',
        'The venue shows an execution of another order under this one. Look at your account there.'
    )
$$;

-- Whether it was not told of an order yet that it shows these executions of others.
CREATE FUNCTION is_news_of_others(p_order uuid, p_taken jsonb) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    RETURN p_taken <> '[]' AND NOT EXISTS (
        SELECT 1 FROM order_events AS e
        WHERE e.order_id = p_order AND e.evidence -> 'fills_of_others' @> p_taken
    );
END
$$;

-- Write down what is known of a sent order, under the settings of whoever calls; `p_is_engaged` is the
-- switch, read FOR SHARE before, where the order is a reversal's first leg. The rules are those of
-- handlers/records/lifecycle.py.
CREATE OR REPLACE FUNCTION settle_known(p_said jsonb, p_child jsonb, p_is_engaged boolean)
RETURNS TABLE (state_now text, has_changed boolean, child_id uuid)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_id uuid := p_said ->> 'order_id';
    v_said text := p_said ->> 'state';
    v_actor text := p_said ->> 'actor';
    v_order orders;
    v_after orders;
    v_fills uuid[] := '{}';
    v_taken jsonb := '[]';
    v_is_allowed boolean := false;
    v_why_not text;
    v_evidence jsonb := p_said -> 'evidence';
    v_events jsonb;
BEGIN
    SELECT * INTO v_order FROM orders WHERE id = v_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_after := v_order;
    IF v_order.attempts > 0 THEN
        v_fills := take_fills(v_order, p_said -> 'fills');
        v_taken := fills_of_others(v_order, p_said -> 'fills');
        IF v_taken <> '[]' THEN
            p_said := p_said || what_is_left(v_order);
            v_said := p_said ->> 'state';
            v_evidence := v_evidence || jsonb_build_object('fills_of_others', v_taken);
        END IF;
        v_is_allowed := can_settle(
            v_order.state, v_said, (p_said -> 'epoch')::bigint IS NOT DISTINCT FROM v_order.epoch
        );
        v_after := fold_settlement(v_order, p_said, v_is_allowed);
    END IF;
    has_changed := v_after IS DISTINCT FROM v_order OR cardinality(v_fills) > 0;
    v_events := new_marks(v_id, p_said -> 'marks');
    IF v_order.next_leg IS NOT NULL THEN
        child_id := (SELECT c.id FROM orders AS c WHERE c.parent_id = v_id AND c.leg = 2);
    END IF;
    IF
        has_changed OR (v_said <> v_order.state AND NOT v_is_allowed)
        OR is_news_of_others(v_id, v_taken)
    THEN
        IF v_after.state <> v_said THEN
            v_evidence := v_evidence || jsonb_build_object('said', v_said);
        END IF;
        IF v_order.next_leg IS NOT NULL AND is_final(v_after.state) AND NOT is_final(v_order.state)
        THEN
            v_why_not := why_no_second_leg(v_after, p_is_engaged);
            v_evidence := v_evidence || CASE
                WHEN v_why_not IS NULL THEN jsonb_build_object('second_leg', p_child -> 'id')
                ELSE jsonb_build_object('no_second_leg', v_why_not)
            END;
        END IF;
        v_events := v_events || jsonb_build_array(jsonb_build_object(
            'stage',
            CASE
                WHEN v_order.state IN ('unknown', 'needs_review') THEN 'resolved' ELSE 'settled'
            END,
            'from', v_order.state, 'to', v_after.state, 'evidence', v_evidence
        ));
    END IF;
    IF v_events <> '[]' THEN
        v_after.event_n := v_order.event_n + jsonb_array_length(v_events);
        v_after.updated_at := CASE
            WHEN has_changed THEN clock_timestamp() ELSE v_order.updated_at
        END;
        PERFORM write_settled(v_after, v_order.state);
        PERFORM append_events(v_order, v_actor, v_order.epoch, v_events, v_fills);
    END IF;
    IF v_after.state = 'queued' AND v_order.state = 'sending' THEN
        -- The sender tries again by itself; the relay hints the order if it does not.
        INSERT INTO outbox (order_id, is_cancel, created_at, hinted_at)
        VALUES (v_id, false, clock_timestamp(), clock_timestamp())
        ON CONFLICT (order_id) DO UPDATE SET hinted_at = EXCLUDED.hinted_at;
    END IF;
    IF v_evidence ? 'second_leg' THEN
        child_id := record_second_leg(v_order, p_child, v_actor);
    END IF;
    state_now := v_after.state;
    RETURN NEXT;
END
$$;
