-- The door to an order's one send, with the same answers for less work: what a claim asks is one
-- statement, nothing is planned anew at each call, and a lock or a setting is taken once.

CREATE OR REPLACE FUNCTION held_lease(p_user uuid, p_proofs uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM lease_proofs AS p WHERE p.user_id = p_user AND p.proof = ANY (p_proofs)
    );
END
$$;

CREATE OR REPLACE FUNCTION was_given(p_lease jsonb, p_proofs uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_user uuid := p_lease ->> 'user_id';
    v_worker uuid := p_lease ->> 'worker_id';
    v_epoch bigint := p_lease ->> 'epoch';
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM lease_proofs AS p
        WHERE
            p.user_id = v_user AND p.epoch = v_epoch AND p.worker_id = v_worker
            AND p.proof = ANY (p_proofs)
    );
END
$$;

CREATE OR REPLACE FUNCTION own_order(p_order uuid, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_order orders;
BEGIN
    SELECT o.* INTO v_order FROM orders AS o WHERE o.id = p_order;
    IF FOUND AND held_lease(v_order.user_id, p_proofs) THEN
        RETURN NEXT v_order;
    END IF;
END
$$;

-- Claim an order for its one send, under the settings of whoever calls. Asked with no lease it finds
-- nothing. Locks, always in this order: switches, orders.
CREATE OR REPLACE FUNCTION claim_order(p_claim jsonb)
RETURNS TABLE (why text, ahead uuid, claimed jsonb)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_user uuid := p_claim #>> '{lease,user_id}';
    v_worker uuid := p_claim #>> '{lease,worker_id}';
    v_epoch bigint := p_claim #>> '{lease,epoch}';
    v_is_exit boolean := p_claim -> 'reduce_only';
    v_actor text := 'worker:' || (p_claim #>> '{lease,worker_id}');
    v_switch switches;
    v_order orders;
    v_seen record;
    v_now timestamptz;
    v_events jsonb;
BEGIN
    SELECT * INTO v_switch FROM switches WHERE user_id = v_user FOR SHARE;
    SELECT * INTO v_order FROM orders
    WHERE id = (p_claim ->> 'order_id')::uuid AND user_id = v_user
    FOR UPDATE;
    IF v_order.state IS DISTINCT FROM 'queued' THEN
        why := 'gone';
        RETURN NEXT;
        RETURN;
    END IF;
    v_now := clock_timestamp();
    SELECT
        EXISTS (
            SELECT 1 FROM worker_leases AS l
            WHERE
                l.user_id = v_user AND l.worker_id = v_worker AND l.epoch = v_epoch
                AND l.expires_at >= v_now + interval '3 seconds'
        ) AS is_leased,
        (
            SELECT a.state = 'enabled' FROM accounts AS a WHERE a.id = v_order.account_id
        ) AS is_enabled,
        NOT v_is_exit AND is_blocked(v_order, v_epoch) AS is_blocked
    INTO STRICT v_seen;
    IF NOT v_seen.is_leased THEN
        why := 'lease_lost';
    ELSIF v_order.expires_at <= v_now THEN
        PERFORM move_order(v_order, 'expired', 'expired', v_actor, NULL, NULL);
        why := 'expired';
    ELSIF v_switch.is_engaged AND NOT (v_switch.allows_exits AND v_is_exit) THEN
        PERFORM move_order(v_order, 'denied', 'denied', v_actor, 'kill_switch_active', NULL);
        why := 'killed';
    ELSIF NOT v_seen.is_enabled THEN
        PERFORM move_order(v_order, 'denied', 'denied', v_actor, 'account_disabled', NULL);
        why := 'disabled';
    ELSIF v_seen.is_blocked THEN
        why := 'blocked';
    ELSE
        ahead := claimable_before(v_order, v_epoch, v_switch.is_engaged);
        why := CASE WHEN ahead IS NOT NULL THEN 'behind' END;
    END IF;
    IF why IS NULL THEN
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
        -- The old state as a variable: by its name all that is queued would be looked through.
        WHERE o.id = v_order.id AND o.state = v_order.state
        RETURNING to_jsonb(o) INTO STRICT claimed;
        PERFORM append_events(v_order, v_actor, v_epoch, v_events, '{}');
    END IF;
    RETURN NEXT;
END
$$;

CREATE OR REPLACE FUNCTION is_blocked(p_order orders, p_epoch bigint) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN EXISTS (
        SELECT 1
        FROM orders AS x
        WHERE
            x.user_id = p_order.user_id AND x.account_id = p_order.account_id
            AND x.symbol = p_order.symbol AND x.id <> p_order.id
            AND x.state IN ('sending', 'unknown', 'needs_review')
            AND (
                x.state <> 'sending'
                OR x.send_by <= clock_timestamp()
                OR x.epoch <> p_epoch
            )
    );
END
$$;

CREATE OR REPLACE FUNCTION claimable_before(p_order orders, p_epoch bigint, p_is_engaged boolean)
RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
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
    );
END
$$;

CREATE OR REPLACE FUNCTION claim_own_order(p_claim jsonb, p_proofs uuid[])
RETURNS TABLE (why text, ahead uuid, claimed jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_is_given boolean := was_given(p_claim -> 'lease', p_proofs);
BEGIN
    -- Asked for nobody it finds nothing, but its statements are prepared for who comes next.
    SELECT c.why, c.ahead, c.claimed INTO STRICT why, ahead, claimed
    FROM claim_order(CASE WHEN v_is_given THEN p_claim ELSE '{}' END) AS c;
    IF NOT v_is_given THEN
        why := 'lease_lost';
    END IF;
    RETURN NEXT;
END
$$;
