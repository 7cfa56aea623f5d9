-- A name such as TXFR1 leads to another contract from month to month. Each order keeps which one it was
-- sent for, and so does each of its executions: what is held is held of that.

ALTER TABLE orders ADD COLUMN traded_as text;
ALTER TABLE fills ADD COLUMN traded_as text;
CREATE INDEX fills_by_contract ON fills (account_id, symbol, at) WHERE traded_as IS NOT NULL;

-- As in 0004_births.sql: what comes of an order, as a reversal's second leg does, was not sent yet.
CREATE OR REPLACE FUNCTION born_order(
    p_asked jsonb, p_user uuid, p_strategy uuid, p_signal uuid, p_seq bigint, p_denied_code text,
    p_trace_id text, p_traceparent text
) RETURNS orders
LANGUAGE plpgsql AS $$
DECLARE
    v_order orders;
BEGIN
    v_order := jsonb_populate_record(NULL::orders, p_asked);
    v_order.user_id := p_user;
    v_order.strategy_id := p_strategy;
    v_order.signal_id := p_signal;
    v_order.leg := 1;
    v_order.seq := p_seq;
    v_order.state := CASE WHEN p_denied_code IS NULL THEN 'queued' ELSE 'denied' END;
    v_order.error_code := p_denied_code;
    v_order.filled_quantity := 0;
    v_order.attempts := 0;
    v_order.traded_as := NULL;
    v_order.trace_id := p_trace_id;
    v_order.traceparent := p_traceparent;
    v_order.created_at := clock_timestamp();
    v_order.updated_at := v_order.created_at;
    v_order.asked_side := v_order.side;
    v_order.asked_reduce_only := v_order.reduce_only;
    v_order.event_n := CASE WHEN p_denied_code IS NULL THEN 2 ELSE 3 END;
    RETURN v_order;
END
$$;

-- As in 0154_claim.sql; and which contract the order is sent for.
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
            traded_as = p_claim ->> 'traded_as',
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

-- As in 0008_settle.sql; and which contract the executions are of.
CREATE OR REPLACE FUNCTION take_fills(p_order orders, p_fills jsonb) RETURNS uuid[]
LANGUAGE plpgsql AS $$
DECLARE
    v_ids uuid[] := '{}';
BEGIN
    IF p_fills = '[]' THEN
        RETURN v_ids;
    END IF;
    WITH new AS (
        INSERT INTO fills (
            account_id, fill_key, user_id, order_id, symbol, side, quantity, price, fee,
            fee_currency, broker_trade_id, broker_order_id, at,
            traded_as
        )
        SELECT
            p_order.account_id, f.fill_key, p_order.user_id, p_order.id, p_order.symbol, f.side,
            f.quantity, f.price, f.fee, f.fee_currency, f.broker_trade_id, f.broker_order_id, f.at,
            p_order.traded_as
        FROM jsonb_to_recordset(p_fills) AS f (
            fill_key text, side text, quantity numeric, price numeric, fee numeric,
            fee_currency text, broker_trade_id text, broker_order_id text, at timestamptz
        )
        ORDER BY f.fill_key
        ON CONFLICT (account_id, fill_key) DO NOTHING
        RETURNING id, fill_key
    )
    SELECT coalesce(array_agg(id ORDER BY fill_key), '{}') INTO v_ids FROM new;
    RETURN v_ids;
END
$$;

-- What the executions of a name come to, by contract; none is traded for 120 days under a name.
CREATE FUNCTION own_contracts(p_user uuid, p_account uuid, p_symbol text, p_proofs uuid[])
RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce(jsonb_object_agg(t.traded_as, t.quantity), '{}') FROM (
        SELECT
            f.traded_as,
            sum(CASE WHEN f.side = 'buy' THEN f.quantity ELSE -f.quantity END) AS quantity
        FROM fills AS f
        WHERE
            (SELECT holds_lease(p_user, p_proofs))
            AND f.user_id = p_user AND f.account_id = p_account AND f.symbol = p_symbol
            AND f.traded_as IS NOT NULL AND f.at > clock_timestamp() - interval '120 days'
        GROUP BY f.traded_as
    ) AS t
    WHERE t.quantity <> 0
$$;

GRANT EXECUTE ON FUNCTION own_contracts(uuid, uuid, text, uuid[]) TO fourpass_worker;
