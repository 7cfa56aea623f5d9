-- A contract that was held on its last day is settled by the exchange, and no fill tells of that. A
-- comparison that finds it traded no more, and nothing of it shown, says so (`over` of what it kept):
-- it is not held any more.

CREATE FUNCTION is_over(p_sums traded_sums) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT c.kept -> 'over' ? p_sums.symbol AND p_sums.last_at <= (c.kept ->> 'at')::timestamptz
        FROM comparisons AS c
        WHERE
            c.user_id = p_sums.user_id AND c.account_id = p_sums.account_id AND c.state = 'done'
        ORDER BY c.begins_at DESC
        LIMIT 1
    ), false)
$$;
GRANT EXECUTE ON FUNCTION is_over(traded_sums) TO fourpass_app;

-- As in 0251_held.sql; what is over is nothing that is held.
CREATE OR REPLACE FUNCTION bind_own_venue(
    p_user uuid, p_account uuid, p_venue_account text, p_proofs uuid[]
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
DECLARE
    v_known text;
BEGIN
    IF NOT holds_lease(p_user, p_proofs) THEN
        RAISE insufficient_privilege USING MESSAGE = 'not under this lease';
    END IF;
    SELECT a.venue_account INTO v_known FROM accounts AS a
    WHERE a.id = p_account AND a.user_id = p_user
    FOR UPDATE;
    IF v_known IS NOT DISTINCT FROM p_venue_account THEN
        RETURN true;
    END IF;
    IF v_known IS NOT NULL AND (
        EXISTS (
            SELECT 1 FROM orders AS o
            WHERE
                o.user_id = p_user AND o.account_id = p_account
                AND NOT is_final(o.state) AND o.state <> 'queued'
        )
        OR EXISTS (
            SELECT 1 FROM traded_sums AS s
            WHERE s.user_id = p_user AND s.account_id = p_account AND s.quantity <> 0
                AND NOT is_over(s)
        )
    ) THEN
        RETURN false;
    END IF;
    UPDATE accounts SET venue_account = p_venue_account
    WHERE id = p_account AND user_id = p_user;
    RETURN true;
END
$$;

-- As in 0233_sums.sql, likewise.
CREATE OR REPLACE FUNCTION is_worth_comparing(p_user uuid, p_account uuid) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT
        EXISTS (
            SELECT 1 FROM orders AS o
            WHERE
                o.user_id = p_user AND o.account_id = p_account AND o.attempts > 0
                AND o.created_at > clock_timestamp() - interval '7 days'
        )
        OR EXISTS (
            SELECT 1 FROM orders AS o
            WHERE o.id IN (SELECT open_orders(p_user)) AND o.account_id = p_account
        )
        OR EXISTS (
            SELECT 1 FROM traded_sums AS s
            WHERE s.account_id = p_account AND s.quantity <> 0 AND NOT is_over(s)
        )
$$;
