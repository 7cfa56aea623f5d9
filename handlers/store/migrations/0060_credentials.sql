-- Sealed credentials, apart from the accounts: who lists accounts needs no grant on what is sealed.

ALTER TABLE accounts DROP COLUMN sealed_credentials;

-- A deleted account's row stays, since orders and fills point to it; nobody is shown it any more.
ALTER TABLE accounts DROP CONSTRAINT accounts_state_check;
ALTER TABLE accounts ADD CONSTRAINT accounts_state_check
CHECK (state IN ('enabled', 'disabled', 'deleted'));

CREATE TABLE account_credentials (
    account_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    key_version integer NOT NULL,
    sealed bytea NOT NULL,
    hint text NOT NULL,
    set_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
);
CREATE INDEX account_credentials_user ON account_credentials (user_id);
CREATE INDEX account_credentials_version ON account_credentials (key_version, account_id);

CREATE OR REPLACE VIEW account_records WITH (security_invoker = true) AS
SELECT
    a.id, a.user_id, a.name, a.broker, a.mode, a.state, a.options, a.multiplier, a.created_at,
    CASE
        WHEN c.account_id IS NOT NULL
        THEN jsonb_build_object('hint', c.hint, 'set_at', c.set_at)
    END AS credentials
FROM accounts AS a
LEFT JOIN account_credentials AS c ON c.account_id = a.id
WHERE a.state <> 'deleted';

-- The rows of `strategy_accounts` stay too: an alert that is on its way then loses this one account's
-- order, visibly, and not those of the strategy's other accounts.
CREATE OR REPLACE VIEW strategy_records WITH (security_invoker = true) AS
SELECT
    s.id, s.user_id, s.name, s.state, s.mode, s.default_quantity, s.dedupe_window_s, s.settings,
    s.created_at,
    coalesce(
        (
            SELECT jsonb_agg(a.account_id ORDER BY a.place)
            FROM strategy_accounts AS a
            INNER JOIN accounts AS c ON c.id = a.account_id
            WHERE a.strategy_id = s.id AND c.state <> 'deleted'
        ),
        '[]'
    ) AS accounts
FROM strategies AS s;
