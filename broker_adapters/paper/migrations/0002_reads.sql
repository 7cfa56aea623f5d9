-- The doors through which the ledger is read. Each answers with JSON, whose numbers are exact.

CREATE FUNCTION paper.told(o paper.orders, p_after bigint, p_since timestamptz) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT to_jsonb(o) || jsonb_build_object('fills', coalesce((
        SELECT jsonb_agg(to_jsonb(f) ORDER BY f.n) FROM paper.fills f
        WHERE f.order_id = o.order_id AND f.version > p_after AND f.at >= p_since
    ), '[]'))
$$;

-- Ends the orders whose day is over. It is asked before anything is told or done, so that nobody
-- ever sees such an order work. The caller holds the market's row.
CREATE FUNCTION paper.expire_due(p_owner uuid) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_now timestamptz := clock_timestamp();
BEGIN
    IF NOT EXISTS (
        SELECT FROM paper.orders WHERE owner_id = p_owner AND expires_at <= v_now
            AND state IN ('accepted', 'partially_filled')
    ) THEN
        RETURN;
    END IF;
    UPDATE paper.markets SET version = version + 1 WHERE owner_id = p_owner;
    UPDATE paper.orders o
    SET state = 'expired', reason = 'expired', changed_at = v_now, version = m.version
    FROM paper.markets m
    WHERE m.owner_id = p_owner AND o.owner_id = p_owner AND o.expires_at <= v_now
        AND o.state IN ('accepted', 'partially_filled');
END $$;

CREATE FUNCTION paper.snapshot(p_owner uuid) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object(
        'version', m.version,
        'accounts', coalesce((SELECT jsonb_agg(to_jsonb(a)) FROM paper.accounts a
            WHERE a.owner_id = p_owner), '[]'),
        'prices', coalesce((SELECT jsonb_agg(to_jsonb(p)) FROM paper.prices p
            WHERE p.owner_id = p_owner), '[]'),
        'holdings', coalesce((SELECT jsonb_agg(to_jsonb(h)) FROM paper.holdings h
            WHERE h.owner_id = p_owner AND h.quantity <> 0), '[]'),
        'orders', coalesce((SELECT jsonb_agg(to_jsonb(o) ORDER BY o.placed_version, o.order_id)
            FROM paper.orders o
            WHERE o.owner_id = p_owner AND o.state IN ('accepted', 'partially_filled')), '[]')
    )
    FROM paper.markets m WHERE m.owner_id = p_owner
$$;

-- The market as it is, unless the caller knows this version already; and whether the account has
-- an order with this client id. Null where the owner has no market yet. One statement, so that all
-- of it is of one moment without a lock.
CREATE FUNCTION paper.read_market(
    p_owner uuid, p_known bigint, p_account uuid, p_client_order_id text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    PERFORM paper.expire_due(p_owner);
    RETURN (
        SELECT jsonb_build_object(
            'market', CASE WHEN m.version <> p_known THEN paper.snapshot(p_owner) END,
            'existing', (
                SELECT paper.told(o, -1, '-infinity') FROM paper.orders o
                WHERE o.account_id = p_account AND o.client_order_id = p_client_order_id
            )
        )
        FROM paper.markets m WHERE m.owner_id = p_owner
    );
END $$;

CREATE FUNCTION paper.look_up(
    p_owner uuid, p_account uuid, p_client_order_id text, p_order uuid
) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT paper.told(o, -1, '-infinity') FROM paper.orders o
    WHERE o.account_id = p_account AND o.owner_id = p_owner
        AND (o.client_order_id = p_client_order_id OR o.order_id = p_order)
    ORDER BY o.client_order_id = p_client_order_id DESC LIMIT 1
$$;

-- One order, by the client's id or the venue's; null if there is none. Before it says null it
-- waits for a submit that is being committed: after `send_by` a null is for good, since later
-- submits are refused.
CREATE FUNCTION paper.find_order(
    p_owner uuid, p_account uuid, p_client_order_id text, p_order uuid
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_told jsonb;
BEGIN
    PERFORM paper.expire_due(p_owner);
    v_told := paper.look_up(p_owner, p_account, p_client_order_id, p_order);
    IF v_told IS NULL THEN
        PERFORM FROM paper.markets WHERE owner_id = p_owner FOR UPDATE;
        v_told := paper.look_up(p_owner, p_account, p_client_order_id, p_order);
    END IF;
    RETURN v_told;
END $$;

-- The account's orders that changed after a version, with their fills after it, and the version
-- up to which this is all. Cheap where nothing changed: two look-ups by key.
CREATE FUNCTION paper.read_changes(p_owner uuid, p_account uuid, p_after bigint) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    v_version bigint;
    v_orders jsonb;
    v_has_working boolean;
BEGIN
    PERFORM paper.expire_due(p_owner);
    -- The version is read first: what is committed after this line is told the next time.
    SELECT version INTO v_version FROM paper.markets WHERE owner_id = p_owner;
    IF v_version <> p_after THEN
        SELECT jsonb_agg(paper.told(o, p_after, '-infinity') ORDER BY o.version, o.placed_version)
        INTO v_orders FROM paper.orders o
        WHERE o.account_id = p_account AND o.owner_id = p_owner AND o.version > p_after;
    END IF;
    v_has_working := EXISTS (
        SELECT FROM paper.orders o WHERE o.owner_id = p_owner AND o.account_id = p_account
            AND o.state IN ('accepted', 'partially_filled')
    );
    RETURN jsonb_build_object(
        'version', v_version, 'orders', coalesce(v_orders, '[]'), 'has_working', v_has_working
    );
END $$;

-- The account's orders placed at or after an instant, oldest first; without one, what works now.
CREATE FUNCTION paper.read_orders(p_owner uuid, p_account uuid, p_since timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    PERFORM paper.expire_due(p_owner);
    IF p_since IS NULL THEN
        RETURN coalesce((
            SELECT jsonb_agg(paper.told(o, -1, '-infinity') ORDER BY o.placed_version, o.order_id)
            FROM paper.orders o WHERE o.owner_id = p_owner AND o.account_id = p_account
                AND o.state IN ('accepted', 'partially_filled')
        ), '[]');
    END IF;
    RETURN coalesce((
        SELECT jsonb_agg(paper.told(o, -1, '-infinity') ORDER BY o.placed_version, o.order_id)
        FROM paper.orders o
        WHERE o.account_id = p_account AND o.owner_id = p_owner AND o.placed_at >= p_since
    ), '[]');
END $$;

-- The account's orders with fills at or after an instant, and only those fills.
CREATE FUNCTION paper.read_fills(p_owner uuid, p_account uuid, p_since timestamptz) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
    SELECT coalesce(jsonb_agg(paper.told(o, -1, p_since)), '[]')::text
    FROM paper.orders o
    WHERE o.owner_id = p_owner AND o.order_id IN (
        SELECT f.order_id FROM paper.fills f WHERE f.account_id = p_account AND f.at >= p_since
    )
$$;
