-- The doors by which an order leaves the queue: claimed for its one send, denied, or cancelled.
-- Locks, always in this order: switches, orders, user counter.

CREATE FUNCTION claim_order(p_claim jsonb)
RETURNS TABLE (why text, ahead uuid, claimed jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_user uuid := p_claim #>> '{lease,user_id}';
    v_worker uuid := p_claim #>> '{lease,worker_id}';
    v_epoch bigint := p_claim #>> '{lease,epoch}';
    v_is_exit boolean := p_claim -> 'reduce_only';
    v_actor text := 'worker:' || (p_claim #>> '{lease,worker_id}');
    v_switch switches;
    v_order orders;
    v_now timestamptz;
    v_events jsonb;
BEGIN
    SELECT * INTO v_switch FROM switches WHERE user_id = v_user FOR SHARE;
    SELECT * INTO v_order FROM orders
    WHERE id = (p_claim ->> 'order_id')::uuid AND user_id = v_user
    FOR UPDATE;
    v_now := clock_timestamp();
    IF v_order.state IS DISTINCT FROM 'queued' THEN
        why := 'gone';
    ELSIF NOT lease_runs(v_user, v_worker, v_epoch, interval '3 seconds') THEN
        why := 'lease_lost';
    ELSIF v_order.expires_at <= v_now THEN
        PERFORM move_order(v_order, 'expired', 'expired', v_actor, NULL, NULL);
        why := 'expired';
    ELSIF v_switch.is_engaged AND NOT (v_switch.allows_exits AND v_is_exit) THEN
        PERFORM move_order(v_order, 'denied', 'denied', v_actor, 'kill_switch_active', NULL);
        why := 'killed';
    ELSIF (SELECT a.state <> 'enabled' FROM accounts AS a WHERE a.id = v_order.account_id) THEN
        PERFORM move_order(v_order, 'denied', 'denied', v_actor, 'account_disabled', NULL);
        why := 'disabled';
    ELSIF NOT v_is_exit AND is_blocked(v_order, v_epoch) THEN
        why := 'blocked';
    ELSE
        ahead := claimable_before(v_order, v_epoch, v_switch.is_engaged);
        why := CASE WHEN ahead IS NOT NULL THEN 'behind' END;
    END IF;
    IF why IS NOT NULL THEN
        RETURN NEXT;
        RETURN;
    END IF;
    v_events := (p_claim -> 'marks') || jsonb_build_array(
        jsonb_build_object('stage', 'claimed', 'from', 'queued', 'to', 'sending')
    );
    UPDATE orders AS o SET
        state = 'sending',
        side = p_claim ->> 'side',
        frozen_quantity = (p_claim ->> 'frozen_quantity')::numeric,
        reduce_only = v_is_exit,
        next_leg = nullif(p_claim -> 'next_leg', 'null'),
        epoch = v_epoch,
        send_started_at = v_now,
        send_by = v_now + interval '2 seconds',
        attempts = o.attempts + 1,
        event_n = o.event_n + jsonb_array_length(v_events),
        updated_at = v_now
    WHERE o.id = v_order.id AND o.state = 'queued'
    RETURNING to_jsonb(o) INTO claimed;
    IF claimed IS NULL THEN
        why := 'gone';
    ELSE
        PERFORM append_events(v_order, v_actor, v_epoch, v_events, '{}');
    END IF;
    RETURN NEXT;
END
$$;

-- The oldest order of the account that could itself be claimed now and goes first.
CREATE FUNCTION claimable_before(p_order orders, p_epoch bigint, p_is_engaged boolean)
RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT x.id
    FROM orders AS x
    WHERE
        x.user_id = p_order.user_id AND x.account_id = p_order.account_id
        AND x.state = 'queued' AND x.seq < p_order.seq
        AND x.expires_at > clock_timestamp()
        AND (
            x.reduce_only
            OR (NOT p_is_engaged AND NOT is_blocked(x, p_epoch))
        )
    ORDER BY x.seq
    LIMIT 1
$$;

CREATE FUNCTION deny_order(
    p_order uuid, p_code text, p_message text, p_lease jsonb
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_user uuid := p_lease ->> 'user_id';
    v_worker uuid := p_lease ->> 'worker_id';
    v_order orders;
BEGIN
    SELECT * INTO v_order FROM orders WHERE id = p_order AND user_id = v_user FOR UPDATE;
    IF v_order.state IS DISTINCT FROM 'queued' THEN
        RETURN false;
    END IF;
    IF NOT lease_runs(v_user, v_worker, (p_lease -> 'epoch')::bigint, interval '0') THEN
        RETURN false;
    END IF;
    PERFORM move_order(v_order, 'denied', 'denied', 'worker:' || v_worker, p_code, p_message);
    RETURN true;
END
$$;

CREATE FUNCTION request_cancel(p_user uuid, p_order uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_order orders;
BEGIN
    SELECT * INTO v_order FROM orders WHERE id = p_order AND user_id = p_user FOR UPDATE;
    IF NOT FOUND THEN
        RETURN 'not_found';
    ELSIF is_final(v_order.state) THEN
        RETURN 'already_final';
    ELSIF v_order.state = 'queued' THEN
        PERFORM move_order(v_order, 'cancelled', 'cancel_requested', 'user', NULL, NULL);
        RETURN 'cancelled';
    END IF;
    PERFORM want_cancel(v_order, 'user');
    RETURN 'requested';
END
$$;

CREATE FUNCTION note_cancel_sent(p_order uuid, p_lease jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_order orders;
BEGIN
    SELECT * INTO v_order FROM orders
    WHERE id = p_order AND user_id = (p_lease ->> 'user_id')::uuid
    FOR UPDATE;
    IF v_order.cancel_requested_at IS NULL OR NOT is_live(v_order.state) THEN
        RETURN false;
    END IF;
    UPDATE orders SET
        cancel_sent_at = clock_timestamp(), event_n = event_n + 1, updated_at = clock_timestamp()
    WHERE id = p_order;
    PERFORM append_events(
        v_order, 'worker:' || (p_lease ->> 'worker_id'), v_order.epoch,
        jsonb_build_array(jsonb_build_object(
            'stage', 'cancel_sent', 'from', v_order.state, 'to', v_order.state
        )),
        '{}'
    );
    RETURN true;
END
$$;
