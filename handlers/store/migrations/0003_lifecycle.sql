-- The order's life as rules, the same as handlers/lifecycle.py says; a test compares the two.
-- Everything here is called by the doors, inside their transaction.

CREATE FUNCTION is_final(p_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_state IN ('filled', 'cancelled', 'expired', 'rejected', 'denied', 'not_placed')
$$;

-- What a cancel may still reach at a venue.
CREATE FUNCTION is_live(p_state text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_state IN ('sending', 'accepted', 'partially_filled', 'unknown', 'needs_review')
$$;

-- A user's orders that are not over, each through the index it is in.
CREATE FUNCTION open_orders(p_user uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT o.id FROM orders AS o WHERE o.user_id = p_user AND o.state = 'queued'
    UNION ALL
    SELECT o.id FROM orders AS o
    WHERE o.user_id = p_user AND o.state IN ('sending', 'unknown', 'needs_review')
    UNION ALL
    SELECT o.id FROM orders AS o
    WHERE o.user_id = p_user AND o.state IN ('accepted', 'partially_filled')
$$;

-- Whether a settlement may move an order that was sent from one state to another.
CREATE FUNCTION can_settle(p_from text, p_to text, p_same_epoch boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_to IN ('queued', 'unknown') THEN p_from = 'sending' AND p_same_epoch
        WHEN p_to = 'filled' THEN p_from <> 'filled'
        WHEN p_to IN ('accepted', 'partially_filled', 'cancelled', 'expired') THEN
            p_from NOT IN ('filled', 'cancelled', 'expired', 'rejected') AND p_from <> p_to
        WHEN p_to = 'rejected' THEN p_from IN ('sending', 'unknown', 'needs_review')
        WHEN p_to = 'not_placed' THEN p_from IN ('unknown', 'needs_review')
        WHEN p_to = 'needs_review' THEN p_from = 'unknown'
        ELSE false
    END
$$;

-- The state that fills make of a state.
CREATE FUNCTION state_by_fills(p_state text, p_size numeric, p_filled numeric) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN
            p_state IN ('accepted', 'partially_filled', 'cancelled', 'expired', 'rejected')
            AND p_size > 0 AND p_filled >= p_size THEN 'filled'
        WHEN p_state = 'accepted' AND p_filled > 0 THEN 'partially_filled'
        ELSE p_state
    END
$$;

-- Whether something unresolved on an account and symbol holds entries back. Without an epoch, a
-- send in time is nobody's trouble; with one, a send of another epoch is.
CREATE FUNCTION is_blocked(p_order orders, p_epoch bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
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
    )
$$;

-- Whether this very lease runs, and for this much longer. The database's clock alone decides.
CREATE FUNCTION lease_runs(p_user uuid, p_worker uuid, p_epoch bigint, p_left interval)
RETURNS boolean
LANGUAGE sql VOLATILE AS $$
    SELECT EXISTS (
        SELECT 1
        FROM worker_leases AS l
        WHERE
            l.user_id = p_user AND l.worker_id = p_worker AND l.epoch = p_epoch
            AND l.expires_at > clock_timestamp() AND l.expires_at - clock_timestamp() >= p_left
    )
$$;

-- Write one entry of a user's stream that is no order's event. Takes the user's counter.
CREATE FUNCTION tell_stream(p_user uuid, p_kind text, p_object uuid) RETURNS void
LANGUAGE sql VOLATILE AS $$
    WITH counted AS (
        UPDATE user_counters SET stream_n = stream_n + 1 WHERE user_id = p_user RETURNING stream_n
    )
    INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)
    SELECT p_user, c.stream_n, p_kind, p_object, clock_timestamp() FROM counted AS c
$$;

-- Append events to an order's timeline, and them and its new fills to the user's stream. Takes the
-- user's counter: lock orders before, never after.
CREATE FUNCTION append_events(
    p_order orders, p_actor text, p_epoch bigint, p_events jsonb, p_fills uuid[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_more integer := jsonb_array_length(p_events) + cardinality(p_fills);
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
        v_last - jsonb_array_length(p_events) + e.i,
        coalesce((e.event ->> 'at')::timestamptz, clock_timestamp()),
        e.event ->> 'stage', e.event ->> 'from', e.event ->> 'to', p_actor, p_epoch,
        coalesce(e.event -> 'evidence', '{}')
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e (event, i);
END
$$;

-- Move an order that is locked to another state, and write its event.
CREATE FUNCTION move_order(
    p_order orders, p_state text, p_stage text, p_actor text, p_code text, p_message text
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_evidence jsonb := CASE
        WHEN p_code IS NULL THEN '{}' ELSE jsonb_build_object('code', p_code)
    END;
BEGIN
    UPDATE orders SET
        state = p_state, error_code = p_code, error_message = p_message,
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

-- Note that a live order that is locked shall be cancelled, and hint it; twice changes nothing.
CREATE FUNCTION want_cancel(p_order orders, p_actor text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders SET
        cancel_requested_at = clock_timestamp(), event_n = event_n + 1,
        updated_at = clock_timestamp()
    WHERE id = p_order.id AND cancel_requested_at IS NULL;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    PERFORM append_events(
        p_order, p_actor, p_order.epoch,
        jsonb_build_array(jsonb_build_object(
            'stage', 'cancel_requested', 'from', p_order.state, 'to', p_order.state
        )),
        '{}'
    );
    INSERT INTO outbox (order_id, is_cancel, created_at)
    VALUES (p_order.id, true, clock_timestamp())
    ON CONFLICT (order_id) DO UPDATE
    SET is_cancel = true, created_at = EXCLUDED.created_at, hinted_at = NULL, attempt = 0;
END
$$;
