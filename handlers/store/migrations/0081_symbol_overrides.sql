-- What charts' symbols mean to one user, whatever the house's rule says; and how an order came by
-- its symbol.

CREATE TABLE symbol_overrides (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    broker text NOT NULL,
    account_id uuid,
    exchange text,
    ticker text NOT NULL,
    symbol text NOT NULL,
    crosses boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
);
-- Of one chart, at one account or at all of a broker's, there is one.
CREATE UNIQUE INDEX symbol_overrides_chart ON symbol_overrides (
    user_id, ticker, broker, coalesce(exchange, ''),
    coalesce(account_id, '00000000-0000-0000-0000-000000000000')
);
CREATE INDEX symbol_overrides_account ON symbol_overrides (account_id);

ALTER TABLE orders ADD COLUMN mapping jsonb;

-- As before, with what the user maps by hand, as far as it can matter to the strategy's accounts.
CREATE OR REPLACE FUNCTION recognise_token(p_token_hash bytea) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT jsonb_build_object(
        'strategy', to_jsonb(s),
        'accounts', (
            SELECT coalesce(jsonb_agg(to_jsonb(a) ORDER BY sa.place), '[]')
            FROM strategy_accounts AS sa
            INNER JOIN account_records AS a ON a.id = sa.account_id
            WHERE sa.strategy_id = s.id
        ),
        'is_switch_engaged', w.is_engaged,
        'overrides', (
            SELECT coalesce(jsonb_agg(to_jsonb(o) ORDER BY o.id), '[]')
            FROM symbol_overrides AS o
            WHERE o.user_id = s.user_id AND EXISTS (
                SELECT 1
                FROM strategy_accounts AS sa
                INNER JOIN accounts AS a ON a.id = sa.account_id
                WHERE
                    sa.strategy_id = s.id AND a.broker = o.broker
                    AND a.id = coalesce(o.account_id, a.id)
            )
        )
    )
    FROM strategy_tokens AS t
    INNER JOIN strategy_records AS s ON s.id = t.strategy_id
    INNER JOIN switches AS w ON w.user_id = s.user_id
    WHERE
        t.token_hash = p_token_hash
        AND (t.expires_at IS NULL OR t.expires_at > clock_timestamp())
$$;
