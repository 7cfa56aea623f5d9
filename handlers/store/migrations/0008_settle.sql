-- The door by which what is known of a sent order is written down. See handlers/lifecycle.py.
-- Locks, always in this order: switches (for a reversal alone), orders, user counter, account counter.

CREATE FUNCTION settle_order(p_said jsonb, p_child jsonb)
RETURNS TABLE (state_now text, has_changed boolean, child_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_id uuid := p_said ->> 'order_id';
    v_said text := p_said ->> 'state';
    v_actor text := p_said ->> 'actor';
    v_is_engaged boolean := false;
    v_order orders;
    v_after orders;
    v_fills uuid[] := '{}';
    v_is_allowed boolean := false;
    v_why_not text;
    v_evidence jsonb := p_said -> 'evidence';
    v_events jsonb;
BEGIN
    PERFORM FROM orders AS o WHERE o.id = v_id AND o.next_leg IS NOT NULL;
    IF FOUND THEN
        SELECT w.is_engaged INTO v_is_engaged FROM switches AS w
        WHERE w.user_id = (SELECT o.user_id FROM orders AS o WHERE o.id = v_id)
        FOR SHARE;
    END IF;
    SELECT * INTO v_order FROM orders WHERE id = v_id FOR UPDATE;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_after := v_order;
    IF v_order.attempts > 0 THEN
        v_fills := take_fills(v_order, p_said -> 'fills');
        v_is_allowed := can_settle(
            v_order.state, v_said, (p_said -> 'epoch')::bigint IS NOT DISTINCT FROM v_order.epoch
        );
        v_after := fold_settlement(v_order, p_said, v_is_allowed);
    END IF;
    has_changed := v_after IS DISTINCT FROM v_order OR cardinality(v_fills) > 0;
    v_events := new_marks(v_id, p_said -> 'marks');
    child_id := (SELECT c.id FROM orders AS c WHERE c.parent_id = v_id AND c.leg = 2);
    IF has_changed OR (v_said <> v_order.state AND NOT v_is_allowed) THEN
        IF v_after.state <> v_said THEN
            v_evidence := v_evidence || jsonb_build_object('said', v_said);
        END IF;
        IF v_order.next_leg IS NOT NULL AND is_final(v_after.state) AND NOT is_final(v_order.state)
        THEN
            v_why_not := why_no_second_leg(v_after, v_is_engaged);
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

-- Insert the executions that are new, and return their ids; the same key counts once.
CREATE FUNCTION take_fills(p_order orders, p_fills jsonb) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE
    v_ids uuid[] := '{}';
BEGIN
    IF p_fills = '[]' THEN
        RETURN v_ids;
    END IF;
    WITH new AS (
        INSERT INTO fills (
            account_id, fill_key, user_id, order_id, symbol, side, quantity, price, fee,
            fee_currency, broker_trade_id, broker_order_id, at
        )
        SELECT
            p_order.account_id, f.fill_key, p_order.user_id, p_order.id, p_order.symbol, f.side,
            f.quantity, f.price, f.fee, f.fee_currency, f.broker_trade_id, f.broker_order_id, f.at
        FROM jsonb_to_recordset(p_fills) AS f (
            fill_key text, side text, quantity numeric, price numeric, fee numeric,
            fee_currency text, broker_trade_id text, broker_order_id text, at timestamptz
        )
        ORDER BY f.fill_key
        ON CONFLICT (account_id, fill_key) DO NOTHING
        RETURNING id, fill_key
    )
    SELECT coalesce(array_agg(id ORDER BY fill_key), '{}') INTO v_ids FROM new;
    RETURN v_ids;
END
$$;

-- Fold what is said into an order that was sent; its new fills are in the table already.
CREATE FUNCTION fold_settlement(p_order orders, p_said jsonb, p_is_allowed boolean) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    v_after orders := p_order;
    v_said text := p_said ->> 'state';
    v_told numeric := p_said ->> 'filled_quantity';
    v_traded numeric;
    v_value numeric;
    v_gives_up boolean := false;
BEGIN
    SELECT coalesce(sum(f.quantity), 0), coalesce(sum(f.quantity * f.price), 0)
    INTO v_traded, v_value
    FROM fills AS f WHERE f.order_id = p_order.id;
    v_after.filled_quantity := greatest(p_order.filled_quantity, v_told, v_traded);
    IF p_said ->> 'average_price' IS NOT NULL AND v_told = v_after.filled_quantity THEN
        v_after.average_price := p_said ->> 'average_price';
    ELSIF v_traded = v_after.filled_quantity AND v_traded > 0 THEN
        v_after.average_price := trim_scale(round(v_value / v_traded, 12));
    END IF;
    v_after.broker_order_id := coalesce(p_order.broker_order_id, p_said ->> 'broker_order_id');
    IF p_is_allowed THEN
        v_gives_up := v_said = 'queued' AND p_order.attempts > 3;
        v_after.state := CASE
            WHEN v_said <> 'queued' THEN v_said
            WHEN p_order.cancel_requested_at IS NOT NULL THEN 'cancelled'
            WHEN v_gives_up THEN 'rejected'
            ELSE 'queued'
        END;
    END IF;
    v_after.state := state_by_fills(
        v_after.state, p_order.frozen_quantity, v_after.filled_quantity
    );
    IF v_after.state <> p_order.state THEN
        v_after.error_code := CASE
            WHEN v_gives_up AND v_after.state = 'rejected' THEN 'broker_unavailable'
            ELSE p_said ->> 'error_code'
        END;
        v_after.error_message := p_said ->> 'error_message';
        IF v_after.state = 'queued' THEN
            v_after.side := p_order.asked_side;
            v_after.reduce_only := p_order.asked_reduce_only;
            v_after.frozen_quantity := NULL;
            v_after.next_leg := NULL;
            v_after.epoch := NULL;
            v_after.send_by := NULL;
        END IF;
    END IF;
    RETURN v_after;
END
$$;

-- The marks that are not written down yet: a settlement may be repeated.
CREATE FUNCTION new_marks(p_order uuid, p_marks jsonb) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_agg(m.mark ORDER BY m.place), '[]')
    FROM jsonb_array_elements(p_marks) WITH ORDINALITY AS m (mark, place)
    WHERE NOT EXISTS (
        SELECT 1 FROM order_events AS e
        WHERE
            e.order_id = p_order AND e.stage = m.mark ->> 'stage'
            AND e.at = (m.mark ->> 'at')::timestamptz
    )
$$;

-- Why a reversal's first leg, now final, opens nothing; null if it does.
CREATE FUNCTION why_no_second_leg(p_after orders, p_is_engaged boolean) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_after.state <> 'filled' OR p_after.filled_quantity < p_after.frozen_quantity
            THEN 'first_leg_not_filled'
        WHEN p_after.cancel_requested_at IS NOT NULL THEN 'cancel_requested'
        WHEN p_is_engaged THEN 'kill_switch_active'
    END
$$;

CREATE FUNCTION write_settled(p_after orders, p_state_before text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders SET
        state = p_after.state, filled_quantity = p_after.filled_quantity,
        average_price = p_after.average_price, broker_order_id = p_after.broker_order_id,
        error_code = p_after.error_code, error_message = p_after.error_message,
        side = p_after.side, reduce_only = p_after.reduce_only,
        frozen_quantity = p_after.frozen_quantity, next_leg = p_after.next_leg,
        epoch = p_after.epoch, send_by = p_after.send_by, event_n = p_after.event_n,
        updated_at = p_after.updated_at
    WHERE id = p_after.id AND state = p_state_before;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'order % left %', p_after.id, p_state_before;
    END IF;
END
$$;

-- Insert a reversal's opening leg, queued, as the transaction that ends the closing leg does.
CREATE FUNCTION record_second_leg(p_first orders, p_child jsonb, p_actor text) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    v_leg jsonb := p_first.next_leg;
    v_asked jsonb := to_jsonb(p_first) || p_child || v_leg || jsonb_build_object(
        'sizing', jsonb_build_object('type', 'fixed') || v_leg,
        'parent_id', p_first.id, 'reduce_only', false, 'next_leg', NULL, 'frozen_quantity', NULL,
        'average_price', NULL, 'broker_order_id', NULL, 'epoch', NULL, 'send_started_at', NULL,
        'send_by', NULL, 'cancel_requested_at', NULL, 'cancel_sent_at', NULL,
        'error_message', NULL
    );
    v_second orders;
    v_seq bigint;
    v_born orders;
BEGIN
    UPDATE account_counters SET seq = seq + 1 WHERE account_id = p_first.account_id
    RETURNING seq INTO STRICT v_seq;
    v_second := born_order(
        v_asked, p_first.user_id, p_first.strategy_id, p_first.signal_id, v_seq, NULL,
        p_first.trace_id, p_first.traceparent
    );
    v_second.leg := 2;
    v_second.event_n := 1;
    INSERT INTO orders SELECT v_second.*;
    INSERT INTO outbox (order_id, is_cancel, created_at)
    VALUES (v_second.id, false, clock_timestamp());
    v_born := v_second;
    v_born.event_n := 0;
    PERFORM append_events(
        v_born, p_actor, NULL,
        jsonb_build_array(jsonb_build_object(
            'stage', 'edge_recorded', 'to', 'queued',
            'evidence', jsonb_build_object('parent', p_first.id)
        )),
        '{}'
    );
    RETURN v_second.id;
END
$$;
