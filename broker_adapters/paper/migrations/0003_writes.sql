-- The doors through which the ledger is written. Prices, fees and quantities are computed by the
-- venue's one set of rules, outside; here is what needs the database: the lock, the clock, one commit.

-- Opens an account with its market; again, it takes over the options and keeps the money.
CREATE FUNCTION paper.open_account(p_owner uuid, p_account uuid, p_options text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_options jsonb := p_options::jsonb;
    v_version bigint;
    v_kept jsonb;
BEGIN
    INSERT INTO paper.markets (owner_id) VALUES (p_owner) ON CONFLICT DO NOTHING;
    SELECT version INTO v_version FROM paper.markets WHERE owner_id = p_owner FOR UPDATE;
    SELECT options INTO v_kept FROM paper.accounts
    WHERE account_id = p_account AND owner_id = p_owner;
    IF v_kept IS DISTINCT FROM v_options THEN
        INSERT INTO paper.accounts (account_id, owner_id, options, deposit, cash, opened_at)
        VALUES (p_account, p_owner, v_options, (v_options->>'deposit')::numeric,
            (v_options->>'deposit')::numeric, clock_timestamp())
        ON CONFLICT (owner_id, account_id) DO UPDATE SET options = EXCLUDED.options;
        UPDATE paper.markets SET version = version + 1 WHERE owner_id = p_owner
        RETURNING version INTO v_version;
    END IF;
    RETURN jsonb_build_array(v_version, clock_timestamp());
END $$;

-- Opens a market without an account, so that its prices can be set before anybody trades there.
CREATE FUNCTION paper.open_market(p_owner uuid) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    INSERT INTO paper.markets (owner_id) VALUES (p_owner) ON CONFLICT DO NOTHING;
    SELECT 'true';
$$;

-- Keeps everybody else out of a market until the transaction ends, for who was overtaken too often.
-- A process that freezes in it is thrown out, and what it was about to do is undone.
CREATE FUNCTION paper.hold_market(p_owner uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM set_config('idle_in_transaction_session_timeout', '2s', true);
    PERFORM FROM paper.markets WHERE owner_id = p_owner FOR UPDATE;
    RETURN 'true';
END $$;

-- Writes finished rows, all by one statement. The caller holds the market's row.
CREATE FUNCTION paper.write_change(p_owner uuid, p_change jsonb, p_at timestamptz, p_version bigint)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    WITH market AS (
        UPDATE paper.markets SET version = p_version WHERE owner_id = p_owner
    ), orders AS (
        INSERT INTO paper.orders (
            order_id, owner_id, account_id, client_order_id, symbol, side, quantity, order_type,
            limit_price, stop_price, time_in_force, reduce_only, is_triggered, state,
            filled_quantity, filled_notional, fill_count, reason, expires_at, placed_at,
            placed_version, changed_at, version)
        SELECT o.order_id, p_owner, o.account_id, o.client_order_id, o.symbol, o.side, o.quantity,
            o.order_type, o.limit_price, o.stop_price, o.time_in_force, o.reduce_only,
            o.is_triggered, o.state, o.filled_quantity, o.filled_notional, o.fill_count, o.reason,
            o.expires_at, p_at, p_version, p_at, p_version
        FROM jsonb_populate_recordset(NULL::paper.orders, p_change->'orders') o
        ON CONFLICT (order_id) DO UPDATE SET is_triggered = EXCLUDED.is_triggered,
            state = EXCLUDED.state, filled_quantity = EXCLUDED.filled_quantity,
            filled_notional = EXCLUDED.filled_notional, fill_count = EXCLUDED.fill_count,
            reason = EXCLUDED.reason, changed_at = EXCLUDED.changed_at, version = EXCLUDED.version
    ), fills AS (
        INSERT INTO paper.fills (
            order_id, n, account_id, symbol, side, quantity, price, fee, fee_currency, at, version)
        SELECT f.order_id, f.n, f.account_id, f.symbol, f.side, f.quantity, f.price, f.fee,
            f.fee_currency, p_at, p_version
        FROM jsonb_populate_recordset(NULL::paper.fills, p_change->'fills') f
    ), holdings AS (
        INSERT INTO paper.holdings (owner_id, account_id, symbol, quantity, cost, updated_at)
        SELECT p_owner, h.account_id, h.symbol, h.quantity, h.cost, p_at
        FROM jsonb_populate_recordset(NULL::paper.holdings, p_change->'holdings') h
        ON CONFLICT (account_id, symbol) DO UPDATE SET quantity = EXCLUDED.quantity,
            cost = EXCLUDED.cost, updated_at = EXCLUDED.updated_at
    ), accounts AS (
        UPDATE paper.accounts a SET cash = c.cash
        FROM jsonb_populate_recordset(NULL::paper.accounts, p_change->'accounts') c
        WHERE a.owner_id = p_owner AND a.account_id = c.account_id
    )
    INSERT INTO paper.prices (owner_id, symbol, price, at)
    SELECT p_owner, p.symbol, p.price, p_at
    FROM jsonb_populate_recordset(NULL::paper.prices, p_change->'prices') p
    ON CONFLICT (owner_id, symbol) DO UPDATE SET price = EXCLUDED.price, at = EXCLUDED.at;
END $$;

-- Commits a change that was computed from version `p_version`, or says why not and writes nothing:
-- `duplicate` (the account has an order of this client id), `late` (past `p_send_by` by this
-- database's clock, read under the market's lock), `stale` (the market moved; it comes along).
-- Without a client id there is nothing to be late or twice.
CREATE FUNCTION paper.commit_change(
    p_owner uuid, p_version bigint, p_change text, p_account uuid, p_client_order_id text,
    p_send_by timestamptz
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_version bigint;
    v_now timestamptz;
    v_existing paper.orders;
BEGIN
    PERFORM FROM paper.markets WHERE owner_id = p_owner FOR UPDATE;
    v_now := clock_timestamp();
    IF p_client_order_id IS NOT NULL THEN
        SELECT * INTO v_existing FROM paper.orders
        WHERE account_id = p_account AND client_order_id = p_client_order_id;
        IF FOUND THEN
            RETURN jsonb_build_object(
                'status', 'duplicate', 'existing', paper.told(v_existing, -1, '-infinity'));
        END IF;
        IF v_now > p_send_by THEN
            RETURN jsonb_build_object('status', 'late');
        END IF;
    END IF;
    PERFORM paper.expire_due(p_owner);
    SELECT version INTO v_version FROM paper.markets WHERE owner_id = p_owner;
    IF v_version IS DISTINCT FROM p_version THEN
        RETURN jsonb_build_object('status', 'stale', 'market', paper.snapshot(p_owner));
    END IF;
    PERFORM paper.write_change(p_owner, p_change::jsonb, v_now, v_version + 1);
    RETURN jsonb_build_object('status', 'done', 'version', v_version + 1, 'at', v_now);
END $$;
