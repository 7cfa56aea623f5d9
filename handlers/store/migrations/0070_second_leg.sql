-- As before; but the opening leg keeps the place of its reversal: what was recorded after the reversal
-- comes after both legs. An exit that went between them found nothing to close, and the leg that
-- opened then stayed open. The closing leg is final by now, so no two queued orders share a number.
CREATE OR REPLACE FUNCTION record_second_leg(p_first orders, p_child jsonb, p_actor text) RETURNS uuid
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
    v_born orders;
BEGIN
    v_second := born_order(
        v_asked, p_first.user_id, p_first.strategy_id, p_first.signal_id, p_first.seq, NULL,
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
