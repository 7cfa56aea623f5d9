-- A strategy's settings can be changed. Who changes them says which revision they have read, so that
-- of two who change at a time the second is told.
ALTER TABLE strategies ADD COLUMN revision bigint NOT NULL DEFAULT 1;

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
    ) AS accounts,
    s.revision
FROM strategies AS s;

GRANT UPDATE (name, mode, default_quantity, dedupe_window_s, settings, revision)
ON strategies TO fourpass_app;
GRANT DELETE ON strategy_accounts TO fourpass_app;
