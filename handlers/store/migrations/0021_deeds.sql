-- Doors for what a person does by hand, each with the entry of the audit log that tells of it: both
-- are written or neither. A deed has `actor`, `action`, `address`, `trace_id`; without one the log
-- stays as it is.

CREATE FUNCTION append_deed(
    p_user uuid, p_deed jsonb, p_subject text, p_before jsonb, p_after jsonb
) RETURNS void
LANGUAGE sql VOLATILE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT append_audit(
        p_user,
        p_deed || jsonb_build_object('subject', p_subject, 'before', p_before, 'after', p_after)
    )
$$;

CREATE FUNCTION change_switch_told(p_user uuid, p_wanted jsonb, p_deed jsonb)
RETURNS TABLE (switch jsonb, denied text[], to_cancel jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
DECLARE
    v_before jsonb;
BEGIN
    SELECT jsonb_build_object('engaged', w.is_engaged, 'allow_exits', w.allows_exits)
    INTO v_before
    FROM switches AS w WHERE w.user_id = p_user FOR UPDATE;
    SELECT c.switch, c.denied, c.to_cancel INTO switch, denied, to_cancel
    FROM change_switch(p_user, p_wanted) AS c;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM append_deed(
        p_user, p_deed, 'switch:' || p_user, v_before,
        jsonb_build_object(
            'engaged', switch -> 'is_engaged', 'allow_exits', switch -> 'allows_exits',
            'denied', cardinality(denied), 'cancelled', jsonb_array_length(to_cancel)
        )
    );
    RETURN NEXT;
END
$$;

CREATE FUNCTION record_manual_told(
    p_user uuid, p_asked jsonb, p_key text, p_body_hash bytea, p_trace jsonb, p_deed jsonb
) RETURNS TABLE (answer text, recorded jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
BEGIN
    SELECT m.answer, m.recorded INTO STRICT answer, recorded
    FROM record_manual(p_user, p_asked, p_key, p_body_hash, p_trace) AS m;
    IF answer = 'recorded' THEN
        PERFORM append_deed(
            p_user, p_deed, 'order:' || (recorded ->> 'id'), NULL,
            jsonb_build_object(
                'account_id', recorded -> 'account_id', 'symbol', recorded -> 'symbol',
                'side', recorded -> 'side', 'quantity', recorded ->> 'quantity',
                'order_type', recorded -> 'order_type', 'limit_price', recorded ->> 'limit_price',
                'stop_price', recorded ->> 'stop_price', 'reduce_only', recorded -> 'reduce_only'
            )
        );
    END IF;
    RETURN NEXT;
END
$$;

CREATE FUNCTION request_cancel_told(p_user uuid, p_order uuid, p_deed jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_answer text := request_cancel(p_user, p_order);
BEGIN
    IF v_answer IN ('cancelled', 'requested') THEN
        PERFORM append_deed(
            p_user, p_deed, 'order:' || p_order, NULL, jsonb_build_object('cancel', v_answer)
        );
    END IF;
    RETURN v_answer;
END
$$;
