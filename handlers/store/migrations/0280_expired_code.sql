-- An order whose time ran out before it was sent says so by a code and in words, as one that was denied
-- does. Rows from before keep none: whoever shows them tells it by their state.

-- As in 0003_lifecycle.sql; nothing but an order that is not sent is moved to `expired` by this.
CREATE OR REPLACE FUNCTION move_order(
    p_order orders, p_state text, p_stage text, p_actor text, p_code text, p_message text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_is_late boolean := p_state = 'expired';
    v_code text := CASE WHEN v_is_late THEN 'expired' ELSE p_code END;
    v_message text := CASE
        WHEN v_is_late THEN 'It was not sent in time; an order never executes late.'
        ELSE p_message
    END;
    v_evidence jsonb := CASE
        WHEN v_code IS NULL THEN '{}' ELSE jsonb_build_object('code', v_code)
    END;
BEGIN
    UPDATE orders SET
        state = p_state, error_code = v_code, error_message = v_message,
        event_n = event_n + 1, updated_at = clock_timestamp()
    WHERE id = p_order.id AND state = p_order.state;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'order % left %', p_order.id, p_order.state;
    END IF;
    PERFORM append_events(
        p_order, p_actor, p_order.epoch,
        jsonb_build_array(jsonb_build_object(
            'stage', p_stage, 'from', p_order.state, 'to', p_state, 'evidence', v_evidence
        )),
        '{}'
    );
END
$$;
