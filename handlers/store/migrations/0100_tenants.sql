-- Row-level security, forced: every table's rows are somebody's, and whoever is not told in a policy
-- sees none of them, the tables' owner included.
--
-- The doors (definer functions) run as the owner, so what they may do is a policy too. What is
-- append only has none for changing and deleting: a door that tried would find no row.

-- Who the transaction is for; nobody outside of one that says so.
CREATE FUNCTION acting_user() RETURNS uuid
LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT nullif(current_setting('app.user_id', true), '')::uuid
$$;

-- A policy cannot look at a row that its own statement inserts, so these rows say whose they are.
ALTER TABLE account_counters ADD COLUMN user_id uuid;
UPDATE account_counters AS c SET user_id = a.user_id FROM accounts AS a WHERE a.id = c.account_id;
ALTER TABLE account_counters
    ALTER COLUMN user_id SET NOT NULL,
    DROP CONSTRAINT account_counters_account_id_fkey,
    ADD FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id);

ALTER TABLE strategy_tokens ADD COLUMN user_id uuid;
UPDATE strategy_tokens AS t SET user_id = s.user_id FROM strategies AS s WHERE s.id = t.strategy_id;
ALTER TABLE strategy_tokens
    ALTER COLUMN user_id SET NOT NULL,
    DROP CONSTRAINT strategy_tokens_strategy_id_fkey,
    ADD FOREIGN KEY (strategy_id, user_id) REFERENCES strategies (id, user_id);

-- One row a lease that was given out, the last few of each user: a worker shows the proof of its own,
-- and no role may read them. Ids of users and workers are no secret; a proof is.
CREATE TABLE lease_proofs (
    user_id uuid NOT NULL REFERENCES users (id),
    epoch bigint NOT NULL,
    worker_id uuid NOT NULL,
    proof uuid NOT NULL,
    PRIMARY KEY (user_id, epoch)
);

DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'account_counters', 'account_credentials', 'accounts', 'api_keys', 'audit_chains',
        'dedupe_windows', 'fills', 'idempotency_keys', 'known_devices', 'lease_proofs',
        'mailed_tokens', 'order_checks', 'orders', 'outbox', 'recovery_codes', 'sessions',
        'sign_ups', 'signals', 'strategies', 'strategy_accounts', 'strategy_tokens',
        'stream_entries', 'switches', 'symbol_overrides', 'totp', 'user_counters', 'users',
        'worker_leases', 'workers', 'write_probe'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format('CREATE POLICY doors ON %I TO fourpass_owner USING (true)', v_table);
    END LOOP;
    FOREACH v_table IN ARRAY ARRAY['audit_entries', 'order_events'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', v_table);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', v_table);
        EXECUTE format(
            'CREATE POLICY doors_read ON %I FOR SELECT TO fourpass_owner USING (true)', v_table
        );
        EXECUTE format(
            'CREATE POLICY doors_append ON %I FOR INSERT TO fourpass_owner WITH CHECK (true)',
            v_table
        );
    END LOOP;
END
$$;
