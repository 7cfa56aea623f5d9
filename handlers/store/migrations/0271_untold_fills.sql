-- An order may be over before its executions are told: a venue answers that it filled, and tells of the
-- trades a moment later. Whoever listened may be gone by then, and nobody looks at what is over.

-- True where more filled than the executions written down come to.
ALTER TABLE orders ADD COLUMN untold boolean;
CREATE INDEX orders_untold ON orders (user_id, created_at) WHERE untold;
UPDATE orders AS o SET untold = true
WHERE
    o.created_at > clock_timestamp() - interval '1 day'
    AND o.filled_quantity > 0 AND is_final(o.state)
    AND o.filled_quantity > (
        SELECT coalesce(sum(f.quantity), 0) FROM fills AS f WHERE f.order_id = o.id
    );

-- As in 0008_settle.sql; and whether all is told.
CREATE OR REPLACE FUNCTION fold_settlement(p_order orders, p_said jsonb, p_is_allowed boolean) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    v_after orders := p_order;
    v_said text := p_said ->> 'state';
    v_told numeric := p_said ->> 'filled_quantity';
    v_traded numeric;
    v_value numeric;
    v_gives_up boolean := false;
BEGIN
    SELECT coalesce(sum(f.quantity), 0), coalesce(sum(f.quantity * f.price), 0)
    INTO v_traded, v_value
    FROM fills AS f WHERE f.order_id = p_order.id;
    v_after.filled_quantity := greatest(p_order.filled_quantity, v_told, v_traded);
    IF p_said ->> 'average_price' IS NOT NULL AND v_told = v_after.filled_quantity THEN
        v_after.average_price := p_said ->> 'average_price';
    ELSIF v_traded = v_after.filled_quantity AND v_traded > 0 THEN
        v_after.average_price := trim_scale(round(v_value / v_traded, 12));
    END IF;
    v_after.broker_order_id := coalesce(p_order.broker_order_id, p_said ->> 'broker_order_id');
    IF p_is_allowed THEN
        v_gives_up := v_said = 'queued' AND p_order.attempts > 3;
        v_after.state := CASE
            WHEN v_said <> 'queued' THEN v_said
            WHEN p_order.cancel_requested_at IS NOT NULL THEN 'cancelled'
            WHEN v_gives_up THEN 'rejected'
            ELSE 'queued'
        END;
    END IF;
    v_after.state := state_by_fills(
        v_after.state, p_order.frozen_quantity, v_after.filled_quantity
    );
    v_after.untold := nullif(
        is_final(v_after.state) AND v_after.filled_quantity > v_traded, false
    );
    IF v_after.state <> p_order.state THEN
        v_after.error_code := CASE
            WHEN v_gives_up AND v_after.state = 'rejected' THEN 'broker_unavailable'
            ELSE p_said ->> 'error_code'
        END;
        v_after.error_message := p_said ->> 'error_message';
        IF v_after.state = 'queued' THEN
            v_after.side := p_order.asked_side;
            v_after.reduce_only := p_order.asked_reduce_only;
            v_after.frozen_quantity := NULL;
            v_after.next_leg := NULL;
            v_after.epoch := NULL;
            v_after.send_by := NULL;
        END IF;
    END IF;
    RETURN v_after;
END
$$;

-- As in 0008_settle.sql, with that.
CREATE OR REPLACE FUNCTION write_settled(p_after orders, p_state_before text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE orders SET
        state = p_after.state, filled_quantity = p_after.filled_quantity,
        average_price = p_after.average_price, broker_order_id = p_after.broker_order_id,
        error_code = p_after.error_code, error_message = p_after.error_message,
        side = p_after.side, reduce_only = p_after.reduce_only,
        frozen_quantity = p_after.frozen_quantity, next_leg = p_after.next_leg,
        epoch = p_after.epoch, send_by = p_after.send_by, event_n = p_after.event_n,
        updated_at = p_after.updated_at, untold = p_after.untold
    WHERE id = p_after.id AND state = p_state_before;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'order % left %', p_after.id, p_state_before;
    END IF;
END
$$;

-- Those of the last day: a comparison finds what lacks of older ones.
CREATE FUNCTION own_untold_orders(p_user uuid, p_proofs uuid[]) RETURNS SETOF orders
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off
AS $$
    SELECT o.* FROM orders AS o
    WHERE
        (SELECT holds_lease(p_user, p_proofs)) AND o.user_id = p_user AND o.untold
        AND o.created_at > clock_timestamp() - interval '1 day'
    ORDER BY o.created_at, o.id
$$;
GRANT EXECUTE ON FUNCTION own_untold_orders(uuid, uuid[]) TO fourpass_worker;

-- As in 0102_doors.sql. What is over and untold is work for a quarter of an hour: a venue that has not told
-- by then is not asked again and again by workers who are there for nothing else.
CREATE OR REPLACE FUNCTION has_open_orders(p_user uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT
        EXISTS (SELECT 1 FROM open_orders(p_user))
        OR EXISTS (
            SELECT 1 FROM orders AS o
            WHERE
                o.user_id = p_user AND o.untold
                AND o.updated_at > clock_timestamp() - interval '15 minutes'
        )
$$;

-- As in 0195_unattended_orders.sql, with what is untold.
CREATE OR REPLACE FUNCTION unattended_orders(p_limit text)
RETURNS TABLE (user_id uuid, order_id uuid, traceparent text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT DISTINCT ON (o.user_id) o.user_id, o.id, o.traceparent
    FROM (
        SELECT l.user_id, l.id, l.traceparent FROM orders AS l
        WHERE l.state IN ('sending', 'accepted', 'partially_filled', 'unknown', 'needs_review')
        UNION ALL
        SELECT u.user_id, u.id, u.traceparent FROM orders AS u
        WHERE u.untold AND u.updated_at > clock_timestamp() - interval '15 minutes'
    ) AS o
    WHERE
        NOT EXISTS (
            SELECT 1 FROM worker_leases AS l
            WHERE l.user_id = o.user_id AND l.expires_at > clock_timestamp()
        )
    ORDER BY o.user_id, o.id
    LIMIT p_limit::integer
$$;
