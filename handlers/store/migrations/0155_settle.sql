-- The doors by which what is known of a sent order is written down, with the same answers for less
-- work, as in 0154_claim.sql. Locks, always in this order: switches (for a reversal alone), orders.

-- Write down what is known of a sent order, under the settings of whoever calls; `p_is_engaged` is the
-- switch, read FOR SHARE before, where the order is a reversal's first leg. The rules are those of
-- handlers/records/lifecycle.py.
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
