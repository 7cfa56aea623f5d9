-- A sign-in link of somebody with a second factor stays good until a code is shown with it: only who
-- has the link is told that a code is needed.
CREATE FUNCTION use_sign_in_link(p_token_hash bytea, p_has_code boolean)
RETURNS TABLE (used_by uuid, is_used boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH used AS (
        DELETE FROM mailed_tokens AS m
        WHERE
            m.token_hash = p_token_hash AND m.purpose = 'link'
            AND (p_has_code OR NOT EXISTS (
                SELECT 1 FROM totp AS t WHERE t.user_id = m.user_id AND t.is_confirmed
            ))
        RETURNING m.user_id, m.expires_at
    )
    SELECT u.user_id, true FROM used AS u WHERE u.expires_at > clock_timestamp()
    UNION ALL
    SELECT m.user_id, false FROM mailed_tokens AS m
    WHERE
        m.token_hash = p_token_hash AND m.purpose = 'link' AND m.expires_at > clock_timestamp()
        AND NOT p_has_code
        AND EXISTS (SELECT 1 FROM totp AS t WHERE t.user_id = m.user_id AND t.is_confirmed)
$$;
GRANT EXECUTE ON FUNCTION use_sign_in_link(bytea, boolean) TO fourpass_app;
