-- A venue's order belongs to one of ours. Where a venue takes no order ids, one that is looked up is known
-- by what it is and when it came: one that was never placed may look just like an older one that was, and
-- without executions nothing tells them apart but the venue's own id.

-- The order of the account that has this id at the venue already, where one that is looked up shows it:
-- such ones were sent within a minute, and other days may use an id again. One of ours may be two orders
-- there, whose ids are joined by `+`: each of them counts. So does what was traded: one contract has
-- several names. Of two that are found to be the same one at once, by two workers, one has it: who asks
-- holds the account until its commit, so that the next one sees what it wrote down. Locks, after an
-- order's and before its sums': this one.
CREATE FUNCTION holder_at_venue(p_order orders, p_broker_order_id text) RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF p_order.state NOT IN ('unknown', 'needs_review') OR p_broker_order_id IS NULL
        OR p_order.broker_order_id = p_broker_order_id
    THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('holder_at_venue:' || p_order.account_id, 0));
    RETURN (
        SELECT o.id FROM orders AS o
        WHERE
            o.user_id = p_order.user_id AND o.account_id = p_order.account_id
            AND string_to_array(o.broker_order_id, '+')
                && string_to_array(p_broker_order_id, '+')
            AND o.id <> p_order.id
            -- A venue's markets may each count on their own.
            AND coalesce(o.traded_as, o.symbol) = coalesce(p_order.traded_as, p_order.symbol)
            AND o.created_at > p_order.created_at - interval '1 hour'
            AND o.created_at < p_order.created_at + interval '1 hour'
        LIMIT 1
    );
END
$$;

-- As in 0231_taken_fills.sql; and the venue's order belongs to one of ours.
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
    v_other uuid;
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
        v_other := holder_at_venue(v_order, p_said ->> 'broker_order_id');
        IF v_other IS NOT NULL THEN
            -- Its executions are the other order's too.
            p_said := p_said || what_is_left(v_order) || jsonb_build_object(
                'fills', '[]'::jsonb, 'error_code', 'order_of_another',
                'error_message',
                'What the venue shows is another order of yours. Look at your account there.'
            );
            v_said := p_said ->> 'state';
            v_evidence := v_evidence || jsonb_build_object('order_of_another', v_other);
        END IF;
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
