-- Who opens whose credentials is in the audit log before they are handed out, whatever the worker
-- says: one door writes it down, and the other hands out only what was written down and committed.
-- In one transaction with the reading it could be rolled back by who reads.

-- The last time that an account's credentials were asked for.
CREATE TABLE unsealings (
    account_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    worker_id uuid NOT NULL,
    told_at timestamptz NOT NULL,
    told_in xid8 NOT NULL,
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
);
ALTER TABLE unsealings ENABLE ROW LEVEL SECURITY;
ALTER TABLE unsealings FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON unsealings TO fourpass_owner USING (true);
REVOKE ALL ON unsealings FROM PUBLIC;

-- The worker whose lease it is, by the proof alone: no worker can name another.
CREATE FUNCTION holder_by_proof(p_user uuid, p_proofs uuid[]) RETURNS uuid
LANGUAGE sql STABLE AS $$
    SELECT p.worker_id
    FROM worker_leases AS l
    INNER JOIN lease_proofs AS p ON p.user_id = l.user_id AND p.epoch = l.epoch
    WHERE l.user_id = p_user AND p.proof = ANY (p_proofs)
$$;

CREATE FUNCTION tell_unsealing(p_user uuid, p_account uuid, p_proofs uuid[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_worker uuid := holder_by_proof(p_user, p_proofs);
    v_version integer;
BEGIN
    SELECT c.key_version INTO v_version FROM account_credentials AS c
    WHERE v_worker IS NOT NULL AND c.user_id = p_user AND c.account_id = p_account;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO unsealings AS u (account_id, user_id, worker_id, told_at, told_in)
    VALUES (p_account, p_user, v_worker, clock_timestamp(), pg_current_xact_id())
    ON CONFLICT (account_id) DO UPDATE SET
        worker_id = EXCLUDED.worker_id, told_at = EXCLUDED.told_at, told_in = EXCLUDED.told_in;
    PERFORM append_audit(
        p_user,
        jsonb_build_object(
            'actor', 'worker:' || v_worker, 'action', 'account.unseal',
            'subject', 'account:' || p_account, 'after', jsonb_build_object('version', v_version)
        )
    );
    RETURN true;
END
$$;

-- For a minute after it was told of; a later reading is told of anew.
CREATE OR REPLACE FUNCTION own_credentials(p_user uuid, p_account uuid, p_proofs uuid[])
RETURNS TABLE (sealed bytea, key_version integer)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT c.sealed, c.key_version
    FROM account_credentials AS c
    INNER JOIN unsealings AS u ON u.account_id = c.account_id AND u.user_id = c.user_id
    WHERE
        c.user_id = p_user AND c.account_id = p_account
        AND u.worker_id = (SELECT holder_by_proof(p_user, p_proofs))
        AND u.told_at > clock_timestamp() - interval '1 minute'
        AND pg_xact_status(u.told_in) = 'committed'
$$;

-- It was the only thing that a worker wrote into the log by its own word.
DROP FUNCTION append_own_audit(uuid, jsonb, uuid[]);

GRANT EXECUTE ON FUNCTION tell_unsealing(uuid, uuid, uuid[]) TO fourpass_worker;
