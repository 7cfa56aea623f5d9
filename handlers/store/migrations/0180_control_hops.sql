-- What the control plane was asked about an order, and what came of it: one row a message it handled.
-- Written after the message is settled and by nobody on an order's way; who follows an order finds
-- here what its own events do not tell. No key refers to orders, so that none of them is locked.

CREATE TABLE control_hops (
    order_id uuid NOT NULL,
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    attempt integer NOT NULL,
    stage text NOT NULL,
    message text NOT NULL,
    destination text NOT NULL,
    system text NOT NULL,
    traceparent text NOT NULL,
    sent_at timestamptz NOT NULL,
    taken_at timestamptz NOT NULL,
    done_at timestamptz NOT NULL,
    outcome text NOT NULL,
    code text,
    PRIMARY KEY (order_id, id, attempt)
);

-- Written as they happen, so a block's range of times finds them.
CREATE INDEX control_hops_done ON control_hops USING brin (done_at) WITH (pages_per_range = 16);

ALTER TABLE control_hops ENABLE ROW LEVEL SECURITY;
ALTER TABLE control_hops FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON control_hops TO fourpass_owner USING (true);
CREATE POLICY own_rows ON control_hops TO fourpass_app USING (user_id = (SELECT acting_user()));
GRANT SELECT ON control_hops TO fourpass_app;

-- Note a handled message with the order it names, and one for the user's worker with every order of
-- its trace: all of them wait for that worker. Noted twice it is one. An order keeps its newest
-- hundred: one that works for a month is looked after 86,000 times.
CREATE FUNCTION note_hop(p_user uuid, p_order uuid, p_hop jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '1s'
AS $$
DECLARE
    v_hop control_hops := jsonb_populate_record(NULL::control_hops, p_hop);
    v_order uuid;
BEGIN
    FOR v_order IN
        SELECT o.id FROM orders AS o WHERE o.id = p_order AND o.user_id = p_user
        UNION
        SELECT o.id FROM (
            SELECT r.id, r.trace_id FROM orders AS r
            WHERE r.user_id = p_user AND r.created_at > v_hop.sent_at - interval '1 hour'
            ORDER BY r.created_at DESC
            LIMIT 1000
        ) AS o
        WHERE v_hop.stage = 'worker_control' AND o.trace_id = substr(v_hop.traceparent, 4, 32)
    LOOP
        v_hop.order_id := v_order;
        v_hop.user_id := p_user;
        INSERT INTO control_hops SELECT v_hop.* ON CONFLICT DO NOTHING;
        DELETE FROM control_hops AS c USING (
            SELECT h.order_id, h.id, h.attempt FROM control_hops AS h
            WHERE h.order_id = v_order
            ORDER BY h.done_at DESC, h.id DESC, h.attempt DESC
            OFFSET 100
        ) AS old
        WHERE c.order_id = old.order_id AND c.id = old.id AND c.attempt = old.attempt;
    END LOOP;
END
$$;

CREATE FUNCTION hops_of(p_order uuid) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce(
        jsonb_agg(
            to_jsonb(h) - 'order_id' - 'user_id' ORDER BY h.taken_at, h.id, h.attempt
        ),
        '[]'
    )
    FROM control_hops AS h WHERE h.order_id = p_order
$$;

CREATE OR REPLACE FUNCTION order_trail(p_order uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'order_id', o.id, 'signal_id', o.signal_id, 'broker', a.broker, 'mode', o.mode,
        'symbol', o.symbol, 'state', o.state, 'error_code', o.error_code,
        'trace_id', o.trace_id, 'traceparent', o.traceparent,
        'events', (
            SELECT jsonb_agg(jsonb_build_object(
                'n', e.n, 'at', e.at, 'stage', e.stage, 'to_state', e.to_state, 'actor', e.actor
            ) ORDER BY e.n)
            FROM order_events AS e WHERE e.order_id = o.id
        ),
        'hops', hops_of(o.id)
    )
    FROM orders AS o
    JOIN accounts AS a ON a.id = o.account_id
    WHERE o.id = p_order
$$;

CREATE OR REPLACE FUNCTION order_trails(p_after timestamptz, p_waiting uuid[], p_limit text)
RETURNS SETOF jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH touched AS (
        SELECT t.order_id, max(t.at) AS last_at
        FROM (
            SELECT e.order_id, e.at FROM order_events AS e WHERE e.at > p_after
            UNION ALL
            SELECT h.order_id, h.done_at FROM control_hops AS h WHERE h.done_at > p_after
        ) AS t
        GROUP BY t.order_id
        ORDER BY last_at, t.order_id
        LIMIT p_limit::integer
    ),
    wanted AS (
        SELECT t.order_id, t.last_at FROM touched AS t
        UNION ALL
        SELECT w.order_id, (SELECT max(e.at) FROM order_events AS e WHERE e.order_id = w.order_id)
        FROM unnest(p_waiting) AS w (order_id)
        WHERE w.order_id NOT IN (SELECT t.order_id FROM touched AS t)
    )
    SELECT order_trail(w.order_id) FROM wanted AS w
    WHERE w.last_at IS NOT NULL
    ORDER BY w.last_at, w.order_id
$$;

-- As in 0040_upkeep.sql, and which trace each order belongs to: its healing is a part of that.
DROP FUNCTION order_findings(text);
CREATE FUNCTION order_findings(p_limit text)
RETURNS TABLE (finding text, user_id uuid, order_id uuid, traceparent text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    (
        SELECT 'queued_past_ttl', o.user_id, o.id, o.traceparent FROM orders AS o
        WHERE o.state = 'queued' AND o.expires_at <= clock_timestamp() - interval '10 seconds'
        ORDER BY o.expires_at
        LIMIT p_limit::integer
    )
    UNION ALL
    (
        SELECT DISTINCT ON (o.user_id) 'unattended_order', o.user_id, o.id, o.traceparent
        FROM orders AS o
        WHERE
            is_live(o.state)
            AND (o.state <> 'sending' OR o.send_by <= clock_timestamp() - interval '5 seconds')
            AND NOT EXISTS (
                SELECT 1 FROM worker_leases AS l
                WHERE l.user_id = o.user_id AND l.expires_at > clock_timestamp()
            )
        ORDER BY o.user_id, o.id
        LIMIT p_limit::integer
    )
    UNION ALL
    (
        SELECT 'outbox_leftover', o.user_id, o.id, o.traceparent FROM outbox AS b
        INNER JOIN orders AS o ON o.id = b.order_id
        WHERE
            coalesce(b.hinted_at, b.created_at) <= clock_timestamp() - interval '30 seconds'
            AND CASE
                WHEN b.is_cancel THEN is_live(o.state) AND o.cancel_sent_at IS NULL
                ELSE o.state = 'queued' AND o.expires_at > clock_timestamp()
            END
        ORDER BY b.created_at
        LIMIT p_limit::integer
    )
$$;

GRANT EXECUTE ON FUNCTION hops_of(uuid) TO fourpass_app;
GRANT EXECUTE ON FUNCTION note_hop(uuid, uuid, jsonb), order_findings(text) TO fourpass_control;
