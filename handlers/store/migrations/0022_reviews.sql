-- The door by which a user closes an order that nobody could find out about. The venue's evidence, if
-- it comes after all, still wins: what is said here goes the way of any other settlement.

CREATE FUNCTION resolve_order(p_said jsonb, p_user uuid, p_deed jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_id uuid := p_said ->> 'order_id';
    v_order orders;
    v_state text;
BEGIN
    -- As settling does: the switch before the order, since a reversal's second leg asks for it.
    PERFORM FROM switches WHERE user_id = p_user FOR SHARE;
    SELECT * INTO v_order FROM orders WHERE id = v_id AND user_id = p_user FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF v_order.state <> 'needs_review' THEN
        RETURN 'not_in_review';
    END IF;
    SELECT s.state_now INTO STRICT v_state
    FROM settle_order(
        p_said || jsonb_build_object('epoch', v_order.epoch), jsonb_build_object('id', NULL)
    ) AS s;
    PERFORM append_deed(
        p_user, p_deed, 'order:' || v_id, jsonb_build_object('state', v_order.state),
        jsonb_build_object('state', v_state)
    );
    RETURN 'resolved';
END
$$;
