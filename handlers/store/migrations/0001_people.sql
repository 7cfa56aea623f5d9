-- Who there is: users, their keys, accounts, strategies, and the rows that are locked for them.

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    password_hash text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

-- The user's stream: whoever writes an event holds this row until commit, so that commit order is
-- stream order, without gaps.
CREATE TABLE user_counters (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    stream_n bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- The kill switch. Recording and claiming read the row FOR SHARE, a change waits for them.
CREATE TABLE switches (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    is_engaged boolean NOT NULL DEFAULT false,
    allows_exits boolean NOT NULL DEFAULT false,
    since timestamptz
) WITH (fillfactor = 50);

CREATE TABLE api_keys (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    key_hash bytea NOT NULL UNIQUE,
    name text NOT NULL,
    scopes text[] NOT NULL,
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX api_keys_user ON api_keys (user_id);

CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL,
    broker text NOT NULL,
    mode text NOT NULL CHECK (mode IN ('paper', 'live')),
    state text NOT NULL CHECK (state IN ('enabled', 'disabled')),
    options jsonb NOT NULL DEFAULT '{}',
    multiplier numeric NOT NULL DEFAULT 1,
    sealed_credentials bytea,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (id, user_id)
);
CREATE INDEX accounts_user ON accounts (user_id, created_at);

CREATE TABLE account_counters (
    account_id uuid PRIMARY KEY REFERENCES accounts (id),
    seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

CREATE TABLE strategies (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    name text NOT NULL,
    state text NOT NULL CHECK (state IN ('active', 'paused')),
    mode text NOT NULL CHECK (mode IN ('paper', 'live')),
    default_quantity numeric,
    dedupe_window_s integer NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (id, user_id)
);
CREATE INDEX strategies_user ON strategies (user_id, created_at);

CREATE TABLE strategy_accounts (
    strategy_id uuid NOT NULL,
    account_id uuid NOT NULL,
    user_id uuid NOT NULL,
    place integer NOT NULL,
    PRIMARY KEY (strategy_id, account_id),
    FOREIGN KEY (strategy_id, user_id) REFERENCES strategies (id, user_id),
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
);

-- Two tokens live at once during a rotation; the old one ends by itself.
CREATE TABLE strategy_tokens (
    token_hash bytea PRIMARY KEY,
    strategy_id uuid NOT NULL REFERENCES strategies (id),
    expires_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX strategy_tokens_strategy ON strategy_tokens (strategy_id);

CREATE TABLE workers (
    id uuid PRIMARY KEY,
    user_id uuid REFERENCES users (id),
    state text NOT NULL,
    epoch bigint,
    pid integer NOT NULL,
    host text NOT NULL,
    started_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL
);
CREATE INDEX workers_user ON workers (user_id);

-- As the records of the house have them; the sealed credentials are not among them.
CREATE VIEW account_records WITH (security_invoker = true) AS
SELECT id, user_id, name, broker, mode, state, options, multiplier, created_at
FROM accounts;

CREATE VIEW strategy_records WITH (security_invoker = true) AS
SELECT
    s.id, s.user_id, s.name, s.state, s.mode, s.default_quantity, s.dedupe_window_s, s.settings,
    s.created_at,
    coalesce(
        (
            SELECT jsonb_agg(a.account_id ORDER BY a.place)
            FROM strategy_accounts AS a
            WHERE a.strategy_id = s.id
        ),
        '[]'
    ) AS accounts
FROM strategies AS s;
