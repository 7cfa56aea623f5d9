-- The audit log: who did what, one chain of hashes a user. Entries are appended, and nothing else.

-- The end of a user's chain. Whoever appends holds the row until commit, always as the last lock of
-- the transaction, so that numbers have no gaps and two never deadlock over it.
CREATE TABLE audit_chains (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    n bigint NOT NULL DEFAULT 0,
    hash bytea NOT NULL DEFAULT decode(repeat('00', 32), 'hex')
) WITH (fillfactor = 50);

-- `before` and `after` are JSON kept as text: the bytes that were hashed.
CREATE TABLE audit_entries (
    user_id uuid NOT NULL REFERENCES users (id),
    n bigint NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    before text,
    after text,
    address text,
    trace_id text,
    hash bytea NOT NULL,
    PRIMARY KEY (user_id, n)
);
CREATE TRIGGER audit_entries_are_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
REVOKE ALL ON audit_entries, audit_chains FROM PUBLIC;

CREATE FUNCTION audit_field(p_text text) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT coalesce(
        convert_to(length(convert_to(p_text, 'UTF8')) || ':', 'UTF8') || convert_to(p_text, 'UTF8'),
        '-'::bytea
    )
$$;

-- The hash of an entry after the one before it; `link` in handlers/audit.py says the same.
CREATE FUNCTION audit_link(p_previous bytea, p_entry audit_entries) RETURNS bytea
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT sha256(
        p_previous
        || audit_field(p_entry.user_id::text)
        || audit_field(p_entry.n::text)
        || audit_field((extract(epoch FROM p_entry.at) * 1000000)::bigint::text)
        || audit_field(p_entry.actor)
        || audit_field(p_entry.action)
        || audit_field(p_entry.subject)
        || audit_field(p_entry.before)
        || audit_field(p_entry.after)
        || audit_field(p_entry.address)
        || audit_field(p_entry.trace_id)
    )
$$;

-- Append to a user's chain: `actor`, `action`, `subject`, and what else there is of `before`,
-- `after`, `address`, `trace_id`. Without an entry nothing is written.
CREATE FUNCTION append_audit(p_user uuid, p_entry jsonb) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_chain audit_chains;
    v_new audit_entries;
BEGIN
    IF p_entry IS NULL THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_chains (user_id) VALUES (p_user) ON CONFLICT DO NOTHING;
    SELECT * INTO STRICT v_chain FROM audit_chains WHERE user_id = p_user FOR UPDATE;
    v_new := ROW(
        p_user, v_chain.n + 1, clock_timestamp(), p_entry ->> 'actor', p_entry ->> 'action',
        p_entry ->> 'subject', p_entry ->> 'before', p_entry ->> 'after', p_entry ->> 'address',
        p_entry ->> 'trace_id', NULL
    );
    v_new.hash := audit_link(v_chain.hash, v_new);
    INSERT INTO audit_entries SELECT v_new.*;
    UPDATE audit_chains SET n = v_new.n, hash = v_new.hash WHERE user_id = p_user;
    RETURN audit_shown(v_new);
END
$$;

CREATE FUNCTION audit_shown(p_entry audit_entries) RETURNS jsonb
LANGUAGE sql STABLE
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT to_jsonb(p_entry) || jsonb_build_object('hash', encode(p_entry.hash, 'hex'))
$$;
