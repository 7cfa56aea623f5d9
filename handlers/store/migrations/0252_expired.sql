-- A contract that was held on its last day is settled by the exchange, and no fill tells of that. A
-- comparison that finds it traded no more, and nothing of it shown, says so (`over` of what it kept):
-- it is not held any more. Of a row that is not folded to its end nobody knows when it was traded last.

CREATE FUNCTION is_over(p_sums traded_sums) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce((
        SELECT
            p_sums.folded = p_sums.fills AND c.kept -> 'over' ? p_sums.symbol
            AND p_sums.last_at <= (c.kept ->> 'at')::timestamptz
        FROM comparisons AS c
        WHERE
            c.user_id = p_sums.user_id AND c.account_id = p_sums.account_id AND c.state = 'done'
        ORDER BY c.begins_at DESC
        LIMIT 1
    ), false)
$$;
GRANT EXECUTE ON FUNCTION is_over(traded_sums) TO fourpass_app;

-- As in 0101_worker_doors.sql, from the sums; what is over is nothing that is held.
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

-- Whether it is the last word on contracts that are over: without it they would be held again.
CREATE FUNCTION says_what_is_over(p_row comparisons) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_array_length(p_row.kept -> 'over') > 0, false) AND NOT EXISTS (
        SELECT 1 FROM comparisons AS c
        WHERE
            c.account_id = p_row.account_id AND c.begins_at > p_row.begins_at
            AND c.state = 'done'
    )
$$;

-- As in 0200_comparisons.sql; and what says it is kept as long as nothing newer does.
CREATE OR REPLACE FUNCTION due_comparisons(p_windows jsonb, p_limit text)
RETURNS TABLE (user_id uuid, account_id uuid, attempt integer)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
AS $$
#variable_conflict use_column
DECLARE
    v_due record;
    v_state text;
BEGIN
    FOR v_due IN
        SELECT a.id, a.user_id, d.begins_at, c.account_id IS NULL AS is_first
        FROM accounts AS a
        CROSS JOIN LATERAL (
            SELECT comparison_day(a.id, coalesce(p_windows -> a.broker, '[0, 86400]')) AS begins_at
        ) AS d
        LEFT JOIN comparisons AS c ON c.account_id = a.id AND c.begins_at = d.begins_at
        WHERE
            a.state = 'enabled' AND a.created_at <= d.begins_at - interval '1 hour'
            AND (c.account_id IS NULL OR is_wanted_again(c))
        ORDER BY d.begins_at, a.id
        LIMIT p_limit::integer
    LOOP
        v_state := CASE
            WHEN NOT v_due.is_first OR is_worth_comparing(v_due.user_id, v_due.id) THEN 'asked'
            ELSE 'idle'
        END;
        INSERT INTO comparisons AS c (account_id, user_id, begins_at, attempt, asked_at, state)
        VALUES (v_due.id, v_due.user_id, v_due.begins_at, 1, clock_timestamp(), v_state)
        ON CONFLICT (account_id, begins_at) DO UPDATE SET
            attempt = c.attempt + 1, asked_at = EXCLUDED.asked_at
        WHERE is_wanted_again(c)
        RETURNING c.user_id, c.account_id, c.attempt INTO user_id, account_id, attempt;
        IF FOUND AND v_state = 'asked' THEN
            RETURN NEXT;
        END IF;
        DELETE FROM comparisons AS c
        WHERE
            c.account_id = v_due.id AND c.begins_at <= v_due.begins_at - interval '60 days'
            AND NOT says_what_is_over(c);
    END LOOP;
END
$$;
