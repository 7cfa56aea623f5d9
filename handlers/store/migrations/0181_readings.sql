-- The edge reads what is sealed in one case alone: to put it back, should the new key turn out to be
-- another account's. Of that, too, the audit log tells before anything is handed out, by the rules
-- of 0140_unsealings.sql: one door writes it down, the other reads what was committed.

-- The last time that an account's sealed credentials were asked for by the edge.
CREATE TABLE readings (
    account_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    told_at timestamptz NOT NULL,
    told_in xid8 NOT NULL,
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
);
ALTER TABLE readings ENABLE ROW LEVEL SECURITY;
ALTER TABLE readings FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON readings TO fourpass_owner USING (true);
REVOKE ALL ON readings FROM PUBLIC;

-- Whose it is, is whom the transaction is for; what was read is this door's word, who asked the edge's.
CREATE FUNCTION tell_reading(p_account uuid, p_deed jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_user uuid := acting_user();
    v_version integer;
BEGIN
    SELECT c.key_version INTO v_version FROM account_credentials AS c
    WHERE c.user_id = v_user AND c.account_id = p_account;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO readings AS r (account_id, user_id, told_at, told_in)
    VALUES (p_account, v_user, clock_timestamp(), pg_current_xact_id())
    ON CONFLICT (account_id) DO UPDATE SET
        told_at = EXCLUDED.told_at, told_in = EXCLUDED.told_in;
    PERFORM append_audit(
        v_user,
        p_deed || jsonb_build_object(
            'action', 'account.credentials_read', 'subject', 'account:' || p_account,
            'before', NULL, 'after', jsonb_build_object('version', v_version)
        )
    );
    RETURN true;
END
$$;

-- Who is of an earlier version and tells nothing is handed out nothing: it puts nothing back then, and
-- the session's own check decides.
CREATE OR REPLACE FUNCTION kept_credentials(p_user uuid, p_account uuid)
RETURNS TABLE (sealed bytea, key_version integer)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.sealed, c.key_version
    FROM account_credentials AS c
    INNER JOIN readings AS r ON r.account_id = c.account_id AND r.user_id = c.user_id
    WHERE
        c.user_id = p_user AND c.user_id = acting_user() AND c.account_id = p_account
        AND r.told_at > clock_timestamp() - interval '1 minute'
        AND pg_xact_status(r.told_in) = 'committed'
$$;

GRANT EXECUTE ON FUNCTION tell_reading(uuid, jsonb) TO fourpass_app;
