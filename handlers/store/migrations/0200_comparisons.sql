-- What a venue has of an account is compared with the record once a day. A row is one account's day:
-- whether it was asked for, and what came of it. The account's day begins at a time drawn from its id,
-- as in handlers/records/comparison.py, so that comparisons are spread over the day.

CREATE TABLE comparisons (
    account_id uuid NOT NULL,
    user_id uuid NOT NULL,
    begins_at timestamptz NOT NULL,
    attempt integer NOT NULL,
    asked_at timestamptz NOT NULL,
    state text NOT NULL CHECK (state IN ('idle', 'asked', 'done', 'unreachable')),
    kept jsonb,
    acknowledged_at timestamptz,
    PRIMARY KEY (account_id, begins_at),
    FOREIGN KEY (account_id, user_id) REFERENCES accounts (id, user_id)
);
CREATE INDEX comparisons_newest ON comparisons (user_id, account_id, begins_at DESC);
CREATE INDEX comparisons_recent ON comparisons (begins_at);

ALTER TABLE comparisons ENABLE ROW LEVEL SECURITY;
ALTER TABLE comparisons FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON comparisons TO fourpass_owner USING (true);
CREATE POLICY own_rows ON comparisons TO fourpass_app USING (user_id = (SELECT acting_user()));
GRANT SELECT, UPDATE (acknowledged_at) ON comparisons TO fourpass_app;

-- When the day began that an account is in; `p_window` is from when on days may begin, and for how
-- long, in seconds of UTC's day.
CREATE FUNCTION comparison_day(p_account uuid, p_window jsonb) RETURNS timestamptz
LANGUAGE sql STABLE AS $$
    SELECT date_trunc('day', clock_timestamp() - d.begins, 'UTC') + d.begins
    FROM (
        SELECT make_interval(secs =>
            (p_window ->> 0)::integer
            + ('x' || right(p_account::text, 8))::bit(32)::bigint % (p_window ->> 1)::integer
        ) AS begins
    ) AS d
$$;

-- Whether there may be anything to compare: it traded within a week, or something is open.
CREATE FUNCTION is_worth_comparing(p_user uuid, p_account uuid) RETURNS boolean
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
            SELECT 1 FROM fills AS f
            WHERE f.account_id = p_account
            GROUP BY f.symbol
            HAVING sum(CASE WHEN f.side = 'buy' THEN f.quantity ELSE -f.quantity END) <> 0
        )
$$;

-- Accounts whose day has no comparison yet, or one that did not come about half an hour ago. Each is
-- given out once, however many ask; what has nothing to compare is looked at once a day.
CREATE FUNCTION due_comparisons(p_windows jsonb, p_limit text)
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
        WHERE c.account_id = v_due.id AND c.begins_at <= v_due.begins_at - interval '60 days';
    END LOOP;
END
$$;

-- Whether a comparison that was asked for is asked for again.
CREATE FUNCTION is_wanted_again(p_row comparisons) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT
        p_row.state IN ('asked', 'unreachable') AND p_row.attempt < 6
        AND p_row.asked_at <= clock_timestamp() - interval '30 minutes'
        AND NOT coalesce((p_row.kept ->> 'is_hopeless')::boolean, false)
$$;

-- What the record has of an account since it was compared last, or for a week; no row where its
-- newest day does not ask for a comparison (any more).
CREATE FUNCTION own_ledger(p_user uuid, p_account uuid, p_proofs uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH asked AS (
        SELECT c.begins_at, c.state FROM comparisons AS c
        WHERE
            (SELECT holds_lease(p_user, p_proofs))
            AND c.user_id = p_user AND c.account_id = p_account
        ORDER BY c.begins_at DESC
        LIMIT 1
    ),
    wanted AS (
        SELECT
            a.begins_at,
            greatest(
                clock_timestamp() - interval '7 days',
                (
                    SELECT (c.kept ->> 'at')::timestamptz - interval '1 hour' FROM comparisons AS c
                    WHERE c.user_id = p_user AND c.account_id = p_account AND c.state = 'done'
                    ORDER BY c.begins_at DESC
                    LIMIT 1
                )
            ) AS since
        FROM asked AS a WHERE a.state IN ('asked', 'unreachable')
    )
    SELECT jsonb_build_object(
        'begins_at', w.begins_at, 'since', w.since,
        'orders', (
            SELECT coalesce(jsonb_agg(jsonb_build_object(
                'id', o.id, 'client_order_id', o.client_order_id, 'symbol', o.symbol,
                'state', o.state, 'filled_quantity', o.filled_quantity
            )), '[]')
            FROM orders AS o
            WHERE
                o.user_id = p_user AND o.account_id = p_account AND o.attempts > 0
                AND o.created_at > w.since - interval '1 hour'
        ),
        'fill_keys', (
            SELECT coalesce(jsonb_agg(f.fill_key), '[]') FROM fills AS f
            WHERE
                f.user_id = p_user AND f.account_id = p_account
                AND f.at > w.since - interval '1 hour'
        )
    )
    FROM wanted AS w
$$;

-- The sums of all that was ever traded at an account, and what is in doubt there.
CREATE FUNCTION own_holdings(p_user uuid, p_account uuid, p_proofs uuid[]) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    WITH own AS (
        SELECT f.symbol, f.fee, f.fee_currency,
            CASE WHEN f.side = 'buy' THEN f.quantity ELSE -f.quantity END AS quantity, f.price
        FROM fills AS f
        WHERE
            (SELECT holds_lease(p_user, p_proofs))
            AND f.account_id = p_account AND f.user_id = p_user
    )
    SELECT jsonb_build_object(
        'traded', (
            SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.symbol), '[]') FROM (
                SELECT
                    o.symbol, count(*) AS fills, sum(o.quantity) AS quantity,
                    sum(o.quantity * o.price) AS value
                FROM own AS o GROUP BY o.symbol
            ) AS t
        ),
        'fees', (
            SELECT coalesce(jsonb_object_agg(t.fee_currency, t.fee), '{}') FROM (
                SELECT o.fee_currency, sum(o.fee) AS fee FROM own AS o GROUP BY o.fee_currency
            ) AS t
        ),
        'in_doubt', (
            SELECT coalesce(jsonb_agg(DISTINCT o.symbol), '[]') FROM orders AS o
            WHERE
                (SELECT holds_lease(p_user, p_proofs))
                AND o.user_id = p_user AND o.account_id = p_account
                AND o.state IN ('sending', 'unknown', 'needs_review')
        )
    )
$$;

-- A position's difference stays the same while it is as large: what is traded moves both its sides.
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

-- Write down what came of a comparison that was asked for; false where it was written down before.
-- Differences that the account's owner has acknowledged stay so while they are the same.
CREATE FUNCTION keep_own_comparison(p_user uuid, p_kept jsonb, p_proofs uuid[]) RETURNS boolean
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

GRANT EXECUTE ON FUNCTION due_comparisons(jsonb, text) TO fourpass_control;
GRANT EXECUTE ON FUNCTION
    own_ledger(uuid, uuid, uuid[]), own_holdings(uuid, uuid, uuid[]),
    keep_own_comparison(uuid, jsonb, uuid[])
TO fourpass_worker;
