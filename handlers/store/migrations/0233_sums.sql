-- What an account's executions come to, kept as they are written down: summed up when it is asked for,
-- a million of them take longer than anybody waits. A trigger keeps it, so that no way past it is left.

CREATE TABLE traded_sums (
    account_id uuid NOT NULL,
    symbol text NOT NULL,
    user_id uuid NOT NULL,
    is_contract boolean NOT NULL,
    fills bigint NOT NULL,
    quantity numeric NOT NULL,
    value numeric NOT NULL,
    PRIMARY KEY (account_id, symbol)
) WITH (fillfactor = 50);

CREATE TABLE fee_sums (
    account_id uuid NOT NULL,
    currency text NOT NULL,
    user_id uuid NOT NULL,
    fee numeric NOT NULL,
    PRIMARY KEY (account_id, currency)
) WITH (fillfactor = 50);

ALTER TABLE traded_sums ENABLE ROW LEVEL SECURITY;
ALTER TABLE traded_sums FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON traded_sums TO fourpass_owner USING (true);
ALTER TABLE fee_sums ENABLE ROW LEVEL SECURITY;
ALTER TABLE fee_sums FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON fee_sums TO fourpass_owner USING (true);

-- Locks, after an order's: the account's sums by symbol, then by currency.
CREATE FUNCTION add_to_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO traded_sums AS s (
        account_id, symbol, user_id, is_contract, fills, quantity, value
    )
    SELECT
        f.account_id, coalesce(f.traded_as, f.symbol), f.user_id, bool_or(f.traded_as IS NOT NULL),
        count(*), sum(signed_quantity(f)), sum(signed_quantity(f) * f.price)
    FROM new_fills AS f
    GROUP BY 1, 2, 3
    ORDER BY 1, 2
    ON CONFLICT (account_id, symbol) DO UPDATE SET
        is_contract = s.is_contract OR EXCLUDED.is_contract,
        fills = s.fills + EXCLUDED.fills,
        quantity = s.quantity + EXCLUDED.quantity,
        value = s.value + EXCLUDED.value;
    INSERT INTO fee_sums AS s (account_id, currency, user_id, fee)
    SELECT f.account_id, f.fee_currency, f.user_id, sum(f.fee)
    FROM new_fills AS f
    GROUP BY 1, 2, 3
    ORDER BY 1, 2
    ON CONFLICT (account_id, currency) DO UPDATE SET fee = s.fee + EXCLUDED.fee;
    RETURN NULL;
END
$$;

CREATE FUNCTION signed_quantity(p_fill fills) RETURNS numeric
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_fill.side = 'buy' THEN p_fill.quantity ELSE -p_fill.quantity END
$$;

-- Nothing is written down between what is summed up here and what the trigger adds.
LOCK TABLE fills IN SHARE ROW EXCLUSIVE MODE;
CREATE TRIGGER sums AFTER INSERT ON fills
REFERENCING NEW TABLE AS new_fills
FOR EACH STATEMENT EXECUTE FUNCTION add_to_sums();

INSERT INTO traded_sums (account_id, symbol, user_id, is_contract, fills, quantity, value)
SELECT
    f.account_id, coalesce(f.traded_as, f.symbol), f.user_id, bool_or(f.traded_as IS NOT NULL),
    count(*), sum(signed_quantity(f)), sum(signed_quantity(f) * f.price)
FROM fills AS f
GROUP BY 1, 2, 3;
INSERT INTO fee_sums (account_id, currency, user_id, fee)
SELECT f.account_id, f.fee_currency, f.user_id, sum(f.fee) FROM fills AS f GROUP BY 1, 2, 3;

-- As in 0200_comparisons.sql, from the sums, by contract.
CREATE OR REPLACE FUNCTION own_holdings(p_user uuid, p_account uuid, p_proofs uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'traded', (
            SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.symbol), '[]') FROM traded_sums AS s
            WHERE
                (SELECT holds_lease(p_user, p_proofs))
                AND s.account_id = p_account AND s.user_id = p_user
        ),
        'fees', (
            SELECT coalesce(jsonb_object_agg(s.currency, s.fee), '{}') FROM fee_sums AS s
            WHERE
                (SELECT holds_lease(p_user, p_proofs))
                AND s.account_id = p_account AND s.user_id = p_user
        ),
        'in_doubt', (
            SELECT coalesce(jsonb_agg(DISTINCT coalesce(o.traded_as, o.symbol)), '[]')
            FROM orders AS o
            WHERE
                (SELECT holds_lease(p_user, p_proofs))
                AND o.user_id = p_user AND o.account_id = p_account
                AND o.state IN ('sending', 'unknown', 'needs_review')
        )
    )
$$;

-- As in 0200_comparisons.sql, from the sums.
CREATE OR REPLACE FUNCTION is_worth_comparing(p_user uuid, p_account uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT
        EXISTS (
            SELECT 1 FROM orders AS o
            WHERE
                o.user_id = p_user AND o.account_id = p_account AND o.attempts > 0
                AND o.created_at > clock_timestamp() - interval '7 days'
        )
        OR EXISTS (
            SELECT 1 FROM orders AS o
            WHERE o.id IN (SELECT open_orders(p_user)) AND o.account_id = p_account
        )
        OR EXISTS (
            SELECT 1 FROM traded_sums AS s WHERE s.account_id = p_account AND s.quantity <> 0
        )
$$;
