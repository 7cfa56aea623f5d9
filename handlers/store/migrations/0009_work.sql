-- What workers, the relay and the kill switch do to many orders at once. The outbox grows from nothing
-- to thousands of rows within a second: no plan may rest on how many there were a minute ago.
-- Locks, always in this order: switches, orders by id, user counters by id. All orders are locked
-- before the first counter is.

-- How long a cancel that had no effect waits before it is sent again: as long as it was wanted for by
-- then, so each pause is twice the last, from 2 s to a minute.
CREATE FUNCTION cancel_pause(p_requested_at timestamptz, p_sent_at timestamptz) RETURNS interval
LANGUAGE sql IMMUTABLE AS $$
    SELECT greatest(
        interval '2 seconds', least(interval '60 seconds', p_sent_at - p_requested_at)
    )
$$;

CREATE FUNCTION take_over(p_lease jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_order orders;
    v_locked uuid[] := ARRAY(
        SELECT o.id FROM orders AS o
        WHERE
            o.user_id = (p_lease ->> 'user_id')::uuid
            AND o.state = 'sending'
            AND o.epoch < (p_lease -> 'epoch')::bigint
        ORDER BY o.id
        FOR UPDATE
    );
BEGIN
    FOR v_order IN SELECT o.* FROM orders AS o WHERE o.id = ANY (v_locked) ORDER BY o.id LOOP
        PERFORM move_order(
            v_order, 'unknown', 'taken_over', 'worker:' || (p_lease ->> 'worker_id'), NULL, NULL
        );
    END LOOP;
END
$$;

CREATE FUNCTION sweep(p_lease jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_actor text := 'worker:' || (p_lease ->> 'worker_id');
    v_order orders;
    v_locked uuid[] := ARRAY(
        SELECT o.id FROM orders AS o
        WHERE
            o.user_id = (p_lease ->> 'user_id')::uuid
            AND (
                (o.state = 'sending' AND o.send_by <= clock_timestamp())
                OR (o.state = 'queued' AND o.expires_at <= clock_timestamp())
            )
        ORDER BY o.id
        FOR UPDATE
    );
BEGIN
    FOR v_order IN SELECT o.* FROM orders AS o WHERE o.id = ANY (v_locked) ORDER BY o.id LOOP
        IF v_order.state = 'sending' THEN
            PERFORM move_order(v_order, 'unknown', 'settled', v_actor, NULL, NULL);
        ELSE
            PERFORM move_order(v_order, 'expired', 'expired', v_actor, NULL, NULL);
        END IF;
    END LOOP;
END
$$;

-- Queued orders by account and `seq`, first those that could be claimed. Each account gets its share
-- of the limit, so that one long queue never hides another account's.
CREATE FUNCTION oldest_queued(p_user uuid, p_limit text) RETURNS SETOF orders
LANGUAGE sql STABLE
SET enable_seqscan = off
AS $$
    WITH queued AS (
        SELECT
            o.id, o.account_id, o.seq,
            o.expires_at <= clock_timestamp() OR (
                NOT o.reduce_only AND is_blocked(o, NULL)
            ) AS is_held
        FROM orders AS o
        WHERE o.user_id = p_user AND o.state = 'queued'
    ),
    ranked AS (
        SELECT
            q.*,
            row_number() OVER (PARTITION BY q.account_id ORDER BY q.is_held, q.seq) AS place
        FROM queued AS q
    ),
    fair AS (
        SELECT r.* FROM ranked AS r
        ORDER BY r.is_held, r.place, r.seq
        LIMIT p_limit::integer
    )
    SELECT o.*
    FROM fair AS f
    INNER JOIN orders AS o ON o.id = f.id
    ORDER BY f.is_held, f.account_id, f.seq
$$;

-- Forget commands that are done with, take those that made no progress, count one attempt on each.
-- Holds outbox rows alone and waits for nobody. Rows are changed one by one, by their key.
CREATE FUNCTION relay_due(p_limit text)
RETURNS TABLE (row_id uuid, is_cancel boolean, attempt integer, command jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_id uuid;
BEGIN
    FOR v_id IN
        SELECT b.order_id
        FROM outbox AS b
        INNER JOIN orders AS o ON o.id = b.order_id
        WHERE CASE WHEN b.is_cancel THEN NOT is_live(o.state) ELSE o.state <> 'queued' END
        FOR UPDATE OF b SKIP LOCKED
    LOOP
        DELETE FROM outbox WHERE order_id = v_id;
    END LOOP;
    FOR v_id IN
        SELECT b.order_id
        FROM outbox AS b
        INNER JOIN orders AS o ON o.id = b.order_id
        WHERE
            CASE
                WHEN b.hinted_at IS NULL
                    THEN b.created_at <= clock_timestamp() - interval '1 second'
                ELSE b.hinted_at <= clock_timestamp() - interval '2 seconds'
            END
            AND CASE
                WHEN b.is_cancel THEN
                    is_live(o.state) AND (
                        o.cancel_sent_at IS NULL
                        OR o.cancel_sent_at <= clock_timestamp()
                            - cancel_pause(o.cancel_requested_at, o.cancel_sent_at)
                    )
                ELSE o.state = 'queued'
            END
        ORDER BY b.created_at
        LIMIT p_limit::integer
        FOR UPDATE OF b SKIP LOCKED
    LOOP
        UPDATE outbox AS b SET hinted_at = clock_timestamp(), attempt = b.attempt + 1
        WHERE b.order_id = v_id
        RETURNING b.id, b.is_cancel, b.attempt INTO STRICT row_id, is_cancel, attempt;
        command := (SELECT to_jsonb(o) FROM orders AS o WHERE o.id = v_id);
        RETURN NEXT;
    END LOOP;
END
$$;

CREATE FUNCTION expire_overdue(p_limit text) RETURNS SETOF jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
DECLARE
    v_order orders;
    v_locked uuid[] := ARRAY(
        SELECT o.id FROM orders AS o
        WHERE o.state = 'queued' AND o.expires_at <= clock_timestamp()
        ORDER BY o.expires_at
        LIMIT p_limit::integer
        FOR UPDATE SKIP LOCKED
    );
BEGIN
    FOR v_order IN
        SELECT o.* FROM orders AS o WHERE o.id = ANY (v_locked) ORDER BY o.user_id, o.expires_at
    LOOP
        PERFORM move_order(v_order, 'expired', 'expired', 'relay', NULL, NULL);
    END LOOP;
    RETURN QUERY
    SELECT to_jsonb(o) FROM orders AS o WHERE o.id = ANY (v_locked) ORDER BY o.expires_at, o.id;
END
$$;

-- Set the kill switch. The row's lock makes claims and records wait, and waits for theirs.
CREATE FUNCTION change_switch(p_user uuid, p_wanted jsonb)
RETURNS TABLE (switch jsonb, denied text[], to_cancel jsonb)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
AS $$
#variable_conflict use_column
DECLARE
    v_engaged boolean := p_wanted -> 'engaged';
    v_allow_exits boolean := p_wanted -> 'allow_exits';
    v_order orders;
    v_locked uuid[];
BEGIN
    UPDATE switches AS w SET
        is_engaged = v_engaged,
        allows_exits = v_allow_exits,
        since = CASE WHEN w.is_engaged = v_engaged THEN w.since ELSE clock_timestamp() END
    WHERE w.user_id = p_user
    RETURNING jsonb_build_object(
        'is_engaged', w.is_engaged, 'allows_exits', w.allows_exits, 'since', w.since
    ) INTO switch;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    denied := '{}';
    to_cancel := '[]';
    IF v_engaged THEN
        v_locked := ARRAY(
            SELECT o.id FROM orders AS o
            WHERE o.id IN (SELECT open_orders(p_user))
            ORDER BY o.id
            FOR UPDATE
        );
        FOR v_order IN SELECT o.* FROM orders AS o WHERE o.id = ANY (v_locked) ORDER BY o.id LOOP
            IF v_order.state = 'queued' AND NOT (v_allow_exits AND v_order.reduce_only) THEN
                PERFORM move_order(
                    v_order, 'denied', 'denied', 'switch', 'kill_switch_active', NULL
                );
                denied := denied || v_order.id::text;
            ELSIF is_live(v_order.state) AND (p_wanted -> 'cancel_working')::boolean THEN
                PERFORM want_cancel(v_order, 'switch');
                to_cancel := to_cancel || jsonb_build_array(
                    jsonb_build_array(v_order.id, v_order.account_id)
                );
            END IF;
        END LOOP;
    END IF;
    PERFORM tell_stream(p_user, 'switch', p_user);
    RETURN NEXT;
END
$$;
