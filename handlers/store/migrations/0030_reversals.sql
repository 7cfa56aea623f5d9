-- A reversal is read as a whole: handlers/reversal.py folds its two orders, and the state that lists
-- are narrowed by is folded here the same way; a test compares the two.

-- Why a reversal whose closing leg ended opened nothing, as that leg's timeline says.
CREATE FUNCTION no_second_leg(p_first orders) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT e.evidence ->> 'no_second_leg'
    FROM order_events AS e
    WHERE e.order_id = p_first.id AND e.evidence ? 'no_second_leg'
    ORDER BY e.n
    LIMIT 1
$$;

-- The state that an order is shown in: its own, or for a reversal the fold of its legs.
CREATE FUNCTION shown_state(p_first orders) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_first.next_leg IS NULL OR p_first.state <> 'filled' THEN p_first.state
        ELSE coalesce(
            (
                SELECT CASE
                    WHEN is_final(c.state) OR c.state IN ('unknown', 'needs_review') THEN c.state
                    ELSE 'partially_filled'
                END
                FROM orders AS c WHERE c.parent_id = p_first.id AND c.leg = 2
            ),
            CASE no_second_leg(p_first)
                WHEN 'kill_switch_active' THEN 'denied' ELSE 'cancelled'
            END
        )
    END
$$;

-- An order as it is shown: with what is needed to fold it, where it is a reversal.
CREATE FUNCTION shown_order(p_order orders) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_order.next_leg IS NULL THEN jsonb_build_object('order', to_jsonb(p_order))
        ELSE jsonb_build_object(
            'order', to_jsonb(p_order),
            'second', (
                SELECT to_jsonb(c) FROM orders AS c WHERE c.parent_id = p_order.id AND c.leg = 2
            ),
            'why_not', no_second_leg(p_order)
        )
    END
$$;

-- As before; and what a leg that opens goes through is an entry of its reversal too, since that is
-- shown in another state from then on. Takes the user's counter: lock orders before, never after.
CREATE OR REPLACE FUNCTION append_events(
    p_order orders, p_actor text, p_epoch bigint, p_events jsonb, p_fills uuid[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_whole integer := CASE WHEN p_order.leg > 1 THEN 1 ELSE 0 END;
    v_events integer := jsonb_array_length(p_events);
    v_more integer := v_events + cardinality(p_fills) + v_whole;
    v_last bigint;
BEGIN
    UPDATE user_counters SET stream_n = stream_n + v_more
    WHERE user_id = p_order.user_id
    RETURNING stream_n INTO STRICT v_last;
    IF cardinality(p_fills) > 0 THEN
        INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)
        SELECT p_order.user_id, v_last - v_more + f.i, 'fill', f.id, clock_timestamp()
        FROM unnest(p_fills) WITH ORDINALITY AS f (id, i);
    END IF;
    INSERT INTO order_events (
        order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor, epoch, evidence
    )
    SELECT
        p_order.id, p_order.event_n + e.i, p_order.user_id,
        v_last - v_whole - v_events + e.i,
        coalesce((e.event ->> 'at')::timestamptz, clock_timestamp()),
        e.event ->> 'stage', e.event ->> 'from', e.event ->> 'to', p_actor, p_epoch,
        coalesce(e.event -> 'evidence', '{}')
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e (event, i);
    IF v_whole > 0 THEN
        INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)
        VALUES (p_order.user_id, v_last, 'order', p_order.parent_id, clock_timestamp());
    END IF;
END
$$;

-- As before; and a cancel of a reversal whose close is done reaches its opening leg.
CREATE OR REPLACE FUNCTION request_cancel(p_user uuid, p_order uuid) RETURNS text
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
    END IF;
    IF v_order.next_leg IS NOT NULL AND is_final(v_order.state) THEN
        SELECT * INTO v_order FROM orders WHERE parent_id = p_order AND leg = 2 FOR UPDATE;
        IF NOT FOUND THEN
            RETURN 'already_final';
        END IF;
    END IF;
    IF is_final(v_order.state) THEN
        RETURN 'already_final';
    ELSIF v_order.state = 'queued' THEN
        PERFORM move_order(v_order, 'cancelled', 'cancel_requested', 'user', NULL, NULL);
        RETURN 'cancelled';
    END IF;
    PERFORM want_cancel(v_order, 'user');
    RETURN 'requested';
END
$$;
