-- The paper venue's own ledger. A market belongs to one owner: its prices, accounts and orders are
-- seen and moved by nobody else. `version` counts what was committed in it, in commit order, since
-- every writer holds the market's row: whoever has read up to a version has missed nothing below.
-- Rows that every order updates leave room on their page, so that no index has to follow them.

CREATE TABLE paper.markets (
    owner_id uuid PRIMARY KEY,
    version bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE paper.accounts (
    account_id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES paper.markets,
    options jsonb NOT NULL,
    deposit numeric NOT NULL,
    cash numeric NOT NULL,
    opened_at timestamptz NOT NULL,
    UNIQUE (owner_id, account_id)
) WITH (fillfactor = 50);

CREATE TABLE paper.prices (
    owner_id uuid NOT NULL REFERENCES paper.markets,
    symbol text NOT NULL,
    price numeric NOT NULL CHECK (price > 0),
    at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, symbol)
) WITH (fillfactor = 50);

CREATE TABLE paper.holdings (
    owner_id uuid NOT NULL,
    account_id uuid NOT NULL,
    symbol text NOT NULL,
    quantity numeric NOT NULL,
    cost numeric NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, symbol),
    FOREIGN KEY (owner_id, account_id) REFERENCES paper.accounts (owner_id, account_id)
) WITH (fillfactor = 50);
CREATE INDEX holdings_by_owner ON paper.holdings (owner_id);

CREATE TABLE paper.orders (
    order_id uuid PRIMARY KEY,
    owner_id uuid NOT NULL,
    account_id uuid NOT NULL,
    client_order_id text NOT NULL,
    symbol text NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity numeric NOT NULL CHECK (quantity > 0),
    order_type text NOT NULL CHECK (order_type IN ('market', 'limit', 'stop', 'stop_limit')),
    limit_price numeric,
    stop_price numeric,
    time_in_force text NOT NULL CHECK (time_in_force IN ('day', 'gtc', 'ioc', 'fok')),
    reduce_only boolean NOT NULL,
    is_triggered boolean NOT NULL,
    state text NOT NULL CHECK (
        state IN ('accepted', 'partially_filled', 'filled', 'cancelled', 'expired')
    ),
    filled_quantity numeric NOT NULL,
    filled_notional numeric NOT NULL,
    fill_count integer NOT NULL,
    reason text,
    expires_at timestamptz,
    placed_at timestamptz NOT NULL,
    placed_version bigint NOT NULL,
    changed_at timestamptz NOT NULL,
    version bigint NOT NULL,
    UNIQUE (account_id, client_order_id),
    FOREIGN KEY (owner_id, account_id) REFERENCES paper.accounts (owner_id, account_id),
    CHECK (filled_quantity BETWEEN 0 AND quantity),
    CHECK ((state = 'filled') = (filled_quantity = quantity))
);
CREATE INDEX orders_by_version ON paper.orders (account_id, version);
CREATE INDEX orders_by_age ON paper.orders (account_id, placed_at);
CREATE INDEX orders_working ON paper.orders (owner_id)
    WHERE state IN ('accepted', 'partially_filled');
CREATE INDEX orders_of_the_day ON paper.orders (owner_id, expires_at)
    WHERE state IN ('accepted', 'partially_filled') AND expires_at IS NOT NULL;

CREATE TABLE paper.fills (
    order_id uuid NOT NULL REFERENCES paper.orders,
    n integer NOT NULL,
    account_id uuid NOT NULL,
    symbol text NOT NULL,
    side text NOT NULL,
    quantity numeric NOT NULL CHECK (quantity > 0),
    price numeric NOT NULL CHECK (price > 0),
    fee numeric NOT NULL,
    fee_currency text NOT NULL,
    at timestamptz NOT NULL,
    version bigint NOT NULL,
    PRIMARY KEY (order_id, n)
);
CREATE INDEX fills_by_age ON paper.fills (account_id, at);

CREATE FUNCTION paper.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a fill is never changed';
END $$;
CREATE TRIGGER fills_are_for_good BEFORE UPDATE OR DELETE ON paper.fills
    FOR EACH ROW EXECUTE FUNCTION paper.refuse_change();

-- Empty as long as holdings, cash and what orders say of their fills are the sum of the fills.
CREATE VIEW paper.discrepancies AS
WITH traded AS (
    SELECT account_id, symbol, sum(CASE side WHEN 'buy' THEN quantity ELSE -quantity END) AS held
    FROM paper.fills GROUP BY account_id, symbol
), spent AS (
    SELECT account_id,
        sum(CASE side WHEN 'buy' THEN quantity * price ELSE -quantity * price END + fee) AS money
    FROM paper.fills GROUP BY account_id
), filled AS (
    SELECT order_id, sum(quantity) AS quantity, sum(quantity * price) AS notional
    FROM paper.fills GROUP BY order_id
)
SELECT 'holding' AS what, coalesce(t.account_id, h.account_id) AS account_id,
    coalesce(t.symbol, h.symbol) AS which, t.held AS by_fills, h.quantity AS by_ledger
FROM traded t FULL JOIN paper.holdings h USING (account_id, symbol)
WHERE coalesce(t.held, 0) <> coalesce(h.quantity, 0)
UNION ALL
SELECT 'cash', a.account_id, NULL, a.deposit - coalesce(s.money, 0), a.cash
FROM paper.accounts a LEFT JOIN spent s USING (account_id)
WHERE a.deposit - coalesce(s.money, 0) <> a.cash
UNION ALL
SELECT 'order', o.account_id, o.order_id::text, f.quantity, o.filled_quantity
FROM paper.orders o LEFT JOIN filled f USING (order_id)
WHERE coalesce(f.quantity, 0) <> o.filled_quantity
    OR coalesce(f.notional, 0) <> o.filled_notional;
