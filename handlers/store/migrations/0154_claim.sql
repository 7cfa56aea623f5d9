-- The doors of an order's one send, with the same answers for less work: what a claim asks is one
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

-- Write down what is known of a sent order, under the settings of whoever calls; `p_is_engaged` is the
-- switch, read FOR SHARE before, where the order is a reversal's first leg. See handlers/lifecycle.py.
CREATE FUNCTION settle_known(p_said jsonb, p_child jsonb, p_is_engaged boolean)
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
    IF has_changed OR (v_said <> v_order.state AND NOT v_is_allowed) THEN
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

-- The marks that are not written down yet: a settlement may be repeated.
CREATE OR REPLACE FUNCTION new_marks(p_order uuid, p_marks jsonb) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF p_marks = '[]' THEN
        RETURN p_marks;
    END IF;
    RETURN (
        SELECT coalesce(jsonb_agg(m.mark ORDER BY m.place), '[]')
        FROM jsonb_array_elements(p_marks) WITH ORDINALITY AS m (mark, place)
        WHERE NOT EXISTS (
            SELECT 1 FROM order_events AS e
            WHERE
                e.order_id = p_order AND e.stage = m.mark ->> 'stage'
                AND e.at = (m.mark ->> 'at')::timestamptz
        )
    );
END
$$;

-- Whether the switch is engaged, held still until the commit, where an order is a reversal's first leg.
CREATE FUNCTION switch_of_reversal(p_order uuid) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_user uuid;
    v_is_engaged boolean;
BEGIN
    SELECT o.user_id INTO v_user FROM orders AS o WHERE o.id = p_order AND o.next_leg IS NOT NULL;
    IF FOUND THEN
        SELECT w.is_engaged INTO v_is_engaged FROM switches AS w WHERE w.user_id = v_user FOR SHARE;
    END IF;
    RETURN coalesce(v_is_engaged, false);
END
$$;

CREATE OR REPLACE FUNCTION settle_order(p_said jsonb, p_child jsonb)
RETURNS TABLE (state_now text, has_changed boolean, child_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT s.state_now, s.has_changed, s.child_id
    FROM settle_known(
        p_said, p_child, switch_of_reversal((p_said ->> 'order_id')::uuid)
    ) AS s;
END
$$;

CREATE OR REPLACE FUNCTION settle_own_order(p_said jsonb, p_child jsonb, p_proofs uuid[])
RETURNS TABLE (state_now text, has_changed boolean, child_id uuid)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_said jsonb := CASE WHEN is_own_saying(p_said, p_proofs) THEN p_said ELSE '{}' END;
BEGIN
    RETURN QUERY SELECT s.state_now, s.has_changed, s.child_id
    FROM settle_known(
        v_said, p_child, switch_of_reversal((v_said ->> 'order_id')::uuid)
    ) AS s;
END
$$;

-- Whether a worker says something of an order of a user whose lease it has or just had.
CREATE FUNCTION is_own_saying(p_said jsonb, p_proofs uuid[]) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_user uuid;
BEGIN
    SELECT o.user_id INTO v_user FROM orders AS o WHERE o.id = (p_said ->> 'order_id')::uuid;
    RETURN FOUND AND p_said ->> 'actor' LIKE 'worker:%' AND held_lease(v_user, p_proofs);
END
$$;
