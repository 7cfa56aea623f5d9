-- As in 0200_comparisons.sql, and a position's difference that its owner knows of stays known while it
-- is as large: what is traded meanwhile moves both sides of it.

CREATE FUNCTION what_is_apart(p_differences jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT AS $$
    SELECT coalesce(jsonb_agg(
        CASE d.each ->> 'kind'
            WHEN 'position' THEN d.each - 'recorded' - 'at_venue' || jsonb_build_object(
                'apart', (d.each ->> 'at_venue')::numeric - (d.each ->> 'recorded')::numeric
            )
            ELSE d.each
        END
        ORDER BY d.n
    ), '[]')
    FROM jsonb_array_elements(p_differences) WITH ORDINALITY AS d (each, n)
$$;

CREATE OR REPLACE FUNCTION keep_own_comparison(p_user uuid, p_kept jsonb, p_proofs uuid[])
RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_account uuid := p_kept ->> 'account_id';
    v_before comparisons;
BEGIN
    IF NOT holds_lease(p_user, p_proofs) THEN
        RETURN false;
    END IF;
    SELECT c.* INTO v_before FROM comparisons AS c
    WHERE c.user_id = p_user AND c.account_id = v_account AND c.state = 'done'
    ORDER BY c.begins_at DESC
    LIMIT 1;
    UPDATE comparisons AS c SET
        state = p_kept ->> 'state', kept = p_kept,
        acknowledged_at = CASE
            WHEN what_is_apart(v_before.kept -> 'differences')
                = what_is_apart(p_kept -> 'differences')
                THEN v_before.acknowledged_at
        END
    WHERE
        c.user_id = p_user AND c.account_id = v_account
        AND c.begins_at = (p_kept ->> 'begins_at')::timestamptz
        AND c.state IN ('asked', 'unreachable');
    RETURN FOUND;
END
$$;
