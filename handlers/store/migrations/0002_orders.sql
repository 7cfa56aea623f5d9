-- What happens: alerts, orders, their events, executions, and the outbox.

CREATE TABLE signals (
    id uuid PRIMARY KEY,
    strategy_id uuid NOT NULL,
    user_id uuid NOT NULL,
    dedupe_key bytea,
    dialect text,
    body text NOT NULL,
    signal jsonb,
    outcome text NOT NULL CHECK (outcome IN ('accepted', 'duplicate', 'rejected', 'refused')),
    code text,
    duplicate_of uuid,
    received_at timestamptz NOT NULL,
    trace_id text NOT NULL,
    UNIQUE (strategy_id, dedupe_key),
    FOREIGN KEY (strategy_id, user_id) REFERENCES strategies (id, user_id)
);
CREATE INDEX signals_newest ON signals (user_id, received_at DESC, id DESC);

-- Where an alert names no time: the same content within the window is the same alert. The window
-- runs from the alert that counted.
CREATE TABLE dedupe_windows (
    strategy_id uuid NOT NULL,
    hash bytea NOT NULL,
    signal_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (strategy_id, hash)
);

CREATE TABLE idempotency_keys (
    user_id uuid NOT NULL REFERENCES users (id),
    key text NOT NULL,
    body_hash bytea NOT NULL,
    order_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, key)
);

-- `asked_*` is how the order was asked for, before any freeze; `event_n` counts its events.
CREATE TABLE orders (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    account_id uuid NOT NULL,
    strategy_id uuid,
    signal_id uuid,
    parent_id uuid,
    leg integer NOT NULL DEFAULT 1,
    seq bigint NOT NULL,
    mode text NOT NULL CHECK (mode IN ('paper', 'live')),
    symbol text NOT NULL,
    sizing jsonb NOT NULL,
    side text CHECK (side IN ('buy', 'sell')),
    quantity numeric,
    frozen_quantity numeric,
    next_leg jsonb,
    order_type text NOT NULL,
    limit_price numeric,
    stop_price numeric,
    time_in_force text NOT NULL,
    reduce_only boolean NOT NULL,
    reference_price numeric,
    state text NOT NULL CHECK (state IN (
        'queued', 'sending', 'accepted', 'partially_filled', 'filled', 'cancelled', 'expired',
        'rejected', 'denied', 'unknown', 'not_placed', 'needs_review'
    )),
    filled_quantity numeric NOT NULL DEFAULT 0,
    average_price numeric,
    client_order_id text NOT NULL,
    broker_order_id text,
    epoch bigint,
    send_started_at timestamptz,
    send_by timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    expires_at timestamptz NOT NULL,
    cancel_requested_at timestamptz,
    cancel_sent_at timestamptz,
    error_code text,
    error_message text,
    trace_id text NOT NULL,
    traceparent text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    asked_side text,
    asked_reduce_only boolean NOT NULL,
    event_n integer NOT NULL DEFAULT 0,
    UNIQUE (account_id, client_order_id),
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
) WITH (fillfactor = 70);
CREATE INDEX orders_newest ON orders (user_id, created_at DESC, id DESC);
CREATE INDEX orders_of_signal ON orders (signal_id) WHERE signal_id IS NOT NULL;
CREATE INDEX orders_of_parent ON orders (parent_id) WHERE parent_id IS NOT NULL;
-- The few orders that are not over: each is in one of these.
CREATE INDEX orders_queued ON orders (user_id, account_id, seq) WHERE state = 'queued';
CREATE INDEX orders_in_doubt ON orders (user_id, account_id, symbol)
WHERE state IN ('sending', 'unknown', 'needs_review');
CREATE INDEX orders_working ON orders (user_id) WHERE state IN ('accepted', 'partially_filled');

-- Append only: a trigger below keeps it so.
CREATE TABLE order_events (
    order_id uuid NOT NULL,
    n integer NOT NULL,
    user_id uuid NOT NULL,
    stream_n bigint NOT NULL,
    at timestamptz NOT NULL,
    stage text NOT NULL,
    from_state text,
    to_state text,
    actor text NOT NULL,
    epoch bigint,
    evidence jsonb NOT NULL DEFAULT '{}',
    PRIMARY KEY (order_id, n),
    UNIQUE (user_id, stream_n)
);

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME;
END
$$;
CREATE TRIGGER order_events_are_kept BEFORE UPDATE OR DELETE ON order_events
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Entries of a user's stream that are no order's events: fill, signal, switch, worker.
CREATE TABLE stream_entries (
    user_id uuid NOT NULL,
    stream_n bigint NOT NULL,
    kind text NOT NULL,
    object_id uuid NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (user_id, stream_n)
);

CREATE TABLE fills (
    account_id uuid NOT NULL,
    fill_key text NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    entry bigint GENERATED ALWAYS AS IDENTITY,
    user_id uuid NOT NULL,
    order_id uuid NOT NULL REFERENCES orders (id),
    symbol text NOT NULL,
    side text NOT NULL CHECK (side IN ('buy', 'sell')),
    quantity numeric NOT NULL,
    price numeric NOT NULL,
    fee numeric NOT NULL,
    fee_currency text NOT NULL,
    broker_trade_id text NOT NULL,
    broker_order_id text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (account_id, fill_key)
);
CREATE INDEX fills_of_order ON fills (order_id);
CREATE INDEX fills_newest ON fills (user_id, at DESC, id DESC);

-- Created by the first take and never deleted. A greater epoch makes all smaller ones void.
CREATE TABLE worker_leases (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    worker_id uuid NOT NULL,
    epoch bigint NOT NULL,
    expires_at timestamptz NOT NULL,
    is_released boolean NOT NULL DEFAULT false
) WITH (fillfactor = 50);

-- One row an order: its command, and when it was last hinted.
CREATE TABLE outbox (
    order_id uuid PRIMARY KEY,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    is_cancel boolean NOT NULL,
    created_at timestamptz NOT NULL,
    hinted_at timestamptz,
    attempt integer NOT NULL DEFAULT 0
) WITH (
    fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000
);
