-- API keys: where they may be used from, and when one was used last.

ALTER TABLE api_keys
    ADD COLUMN networks cidr[] NOT NULL DEFAULT '{}',
    ADD COLUMN last_used_at timestamptz;

CREATE VIEW api_key_records WITH (security_invoker = true) AS
SELECT
    k.id, k.user_id, k.name, k.scopes, k.expires_at, k.networks::text[] AS networks,
    k.last_used_at, k.created_at
FROM api_keys AS k;

-- The use is written once a minute at most.
CREATE OR REPLACE FUNCTION principal_of_key(p_key_hash bytea) RETURNS jsonb
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
DECLARE
    v_found jsonb;
BEGIN
    SELECT jsonb_build_object(
        'user_id', k.user_id, 'key_id', k.id, 'scopes', to_jsonb(k.scopes),
        'expires_at', k.expires_at, 'networks', to_jsonb(k.networks::text[]),
        'roles', to_jsonb(u.roles)
    )
    INTO v_found
    FROM api_keys AS k
    INNER JOIN users AS u ON u.id = k.user_id
    WHERE
        k.key_hash = p_key_hash
        AND (k.expires_at IS NULL OR k.expires_at > clock_timestamp());
    IF v_found IS NOT NULL THEN
        UPDATE api_keys SET last_used_at = clock_timestamp()
        WHERE key_hash = p_key_hash
            AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute');
    END IF;
    RETURN v_found;
END
$$;
