-- Who may do what. Nothing is granted to everybody; a table or a door that comes later has to say
-- here's like for itself, and tests/integration/store/access.py has the whole of it in one table.

REVOKE ALL ON ALL TABLES IN SCHEMA public FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC;
ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
-- What is append only is so for its owner too, as long as the owner does not say otherwise.
REVOKE UPDATE, DELETE, TRUNCATE ON audit_entries, order_events FROM fourpass_owner;

-- The edge: one user's rows at a time, those of whom the transaction is for.
CREATE POLICY own_rows ON users TO fourpass_app USING (id = (SELECT acting_user()));
DO $$
DECLARE
    v_table text;
BEGIN
    FOREACH v_table IN ARRAY ARRAY[
        'account_counters', 'account_credentials', 'accounts', 'api_keys', 'audit_chains',
        'audit_entries', 'fills', 'known_devices', 'mailed_tokens', 'order_events', 'orders',
        'recovery_codes', 'sessions', 'signals', 'strategies', 'strategy_accounts',
        'strategy_tokens', 'stream_entries', 'symbol_overrides', 'totp', 'user_counters'
    ] LOOP
        EXECUTE format(
            'CREATE POLICY own_rows ON %I TO fourpass_app USING (user_id = (SELECT acting_user()))',
            v_table
        );
    END LOOP;
END
$$;

GRANT SELECT ON
    accounts, strategies, strategy_accounts, orders, order_events, fills, signals, stream_entries,
    user_counters, audit_entries, audit_chains, totp, known_devices, recovery_codes,
    symbol_overrides, account_records, strategy_records, api_key_records, session_records
TO fourpass_app;
GRANT INSERT ON
    accounts, account_counters, account_credentials, strategies, strategy_accounts,
    strategy_tokens, api_keys, known_devices, totp, recovery_codes, mailed_tokens, symbol_overrides
TO fourpass_app;
GRANT DELETE ON
    account_credentials, api_keys, known_devices, recovery_codes, sessions, symbol_overrides, totp
TO fourpass_app;
GRANT UPDATE (state) ON accounts, strategies TO fourpass_app;
GRANT UPDATE (venue_account) ON accounts TO fourpass_app;
GRANT UPDATE (symbol, crosses) ON symbol_overrides TO fourpass_app;
GRANT UPDATE ON totp TO fourpass_app;
GRANT UPDATE (expires_at), SELECT (token_hash, strategy_id, user_id, expires_at)
ON strategy_tokens TO fourpass_app;
-- It writes what is sealed; it reads it by one door alone, to put it back. What sessions and keys are
-- recognised by it does not read.
GRANT
    UPDATE (key_version, sealed, hint, set_at),
    SELECT (account_id, user_id, key_version, hint, set_at)
ON account_credentials TO fourpass_app;
GRANT SELECT (
    id, user_id, name, scopes, expires_at, networks, last_used_at, created_at
) ON api_keys TO fourpass_app;
GRANT SELECT (
    id, user_id, address, user_agent, created_at, last_seen_at, expires_at, stepped_up_at
) ON sessions TO fourpass_app;
GRANT SELECT (id, password_hash), UPDATE (password_hash) ON users TO fourpass_app;

GRANT EXECUTE ON FUNCTION
    acting_user(), is_final(text), shown_order(orders), shown_state(orders), no_second_leg(orders),
    audit_shown(audit_entries)
TO fourpass_app;
GRANT EXECUTE ON FUNCTION
    recognise_token(bytea), record_signals(jsonb), mark_hinted(text[]), order_by_id(uuid),
    record_manual_told(uuid, jsonb, text, bytea, jsonb, jsonb),
    request_cancel_told(uuid, uuid, jsonb), resolve_order(jsonb, uuid, jsonb),
    change_switch_told(uuid, jsonb, jsonb), switch_of(uuid), orders_in_flight(uuid),
    relay_due(text), expire_overdue(text), unattended_users(text), due_checks(text),
    lease_holder(uuid), seen_workers(uuid), append_audit(uuid, jsonb),
    principal_of_key(bytea), session_of_token(bytea), credentials_of(text, bytea),
    add_user(uuid, text, text), has_users(), note_sign_up(bytea, text, text, text),
    verify_sign_up(bytea, uuid, jsonb), use_mailed_token(bytea, text),
    reset_password(bytea, text, jsonb), set_own_password(uuid, text),
    open_own_session(jsonb, bytea, bytea, boolean),
    kept_credentials(uuid, uuid), keep_answer(uuid, text, bytea, jsonb, jsonb), finish_answer(uuid, text)
TO fourpass_app;
GRANT EXECUTE ON FUNCTION probe_writing() TO fourpass_app, fourpass_worker, fourpass_control;

-- A user's worker: no table at all.
GRANT EXECUTE ON FUNCTION is_live(text), cancel_pause(timestamptz, timestamptz) TO fourpass_worker;
GRANT EXECUTE ON FUNCTION
    take_lease(uuid, uuid), renew_own_lease(jsonb, uuid[]), release_own_lease(jsonb, uuid[]),
    own_open_orders(uuid, uuid[]), own_oldest_queued(uuid, text, uuid[]),
    own_order(uuid, uuid[]), own_order_by_client_id(uuid, text, uuid[]),
    own_accounts(uuid, uuid[]), own_credentials(uuid, uuid, uuid[]),
    bind_own_venue(uuid, uuid, text, uuid[]),
    append_own_audit(uuid, jsonb, uuid[]), put_own_worker(jsonb, uuid[]), drop_own_worker(uuid, uuid[]),
    claim_own_order(jsonb, uuid[]), settle_own_order(jsonb, jsonb, uuid[]),
    deny_own_order(uuid, text, text, jsonb, uuid[]), note_own_cancel_sent(uuid, jsonb, uuid[]),
    pass_own_sibling(uuid, uuid, jsonb, uuid[]), take_over_own(jsonb, uuid[]),
    sweep_own(jsonb, uuid[])
TO fourpass_worker;

-- The control plane: who runs, what is out of order, and everybody's audit log, to check it.
CREATE POLICY every_log ON audit_entries FOR SELECT TO fourpass_control USING (true);
CREATE POLICY every_log ON audit_chains FOR SELECT TO fourpass_control USING (true);
GRANT SELECT ON audit_entries, audit_chains TO fourpass_control;
GRANT EXECUTE ON FUNCTION audit_shown(audit_entries) TO fourpass_control;
GRANT EXECUTE ON FUNCTION
    order_by_id(uuid), has_open_orders(uuid), lease_holder(uuid), release_lease(jsonb),
    seen_workers(uuid), drop_worker(uuid), drop_workers_of(text, uuid[], timestamptz),
    note_check(uuid, text), due_checks(text), order_findings(text), expire_order(uuid),
    recent_leases(text), lost_workers(text), append_audit(uuid, jsonb),
    order_trail(uuid), order_trails(timestamptz, uuid[], text), census(),
    alert_counts(timestamptz, timestamptz)
TO fourpass_control;
