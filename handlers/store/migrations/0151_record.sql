-- The door through which alerts come in, once more: what repeats an accepted alert is its duplicate,
-- also where it would be rejected for coming too fast. The first trades, and that is what is told.
--
-- Locks and order as in 0024_record.sql.

CREATE OR REPLACE FUNCTION record_signals(p_batch jsonb)
RETURNS TABLE (
    i bigint, answer text, code text, first_id uuid, order_ids text[], to_cancel jsonb,
    is_id_reused boolean
)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET lock_timeout = '2s'
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
    v_users uuid[] := ARRAY(
        SELECT DISTINCT (s.signal ->> 'user_id')::uuid
        FROM jsonb_array_elements(p_batch) AS s (signal)
    );
    v_locked uuid[];
    v_before uuid[] := '{}';
    v_row record;
BEGIN
    PERFORM FROM switches WHERE user_id = ANY (v_users) ORDER BY user_id FOR SHARE;
    v_locked := lock_for_record(p_batch, v_users);
    FOR v_row IN
    WITH asked AS MATERIALIZED (
        SELECT
            a.*,
            decode(a.dedupe ->> 'hash', 'base64') AS hash,
            convert_from(decode(a.signal, 'base64'), 'UTF8')::jsonb AS content,
            (a.dedupe ->> 'window')::interval AS dedupe_window
        FROM ROWS FROM (
            jsonb_to_recordset(p_batch) AS (
                id uuid, strategy_id uuid, user_id uuid, dialect text, body text, signal text,
                outcome text, code text, dedupe jsonb, received_at timestamptz, trace_id text,
                traceparent text, orders jsonb, cancels jsonb
            )
        ) WITH ORDINALITY AS a (
            id, strategy_id, user_id, dialect, body, signal, outcome, code, dedupe, received_at,
            trace_id, traceparent, orders, cancels, i
        )
    ),
    known AS MATERIALIZED (
        SELECT
            a.*,
            s.state AS strategy_state,
            w.is_engaged,
            w.allows_exits,
            (SELECT g.id FROM signals AS g WHERE g.id = a.id) AS repeated_id,
            CASE
                WHEN a.dedupe_window IS NULL THEN (
                    SELECT g.id FROM signals AS g
                    WHERE g.strategy_id = a.strategy_id AND g.dedupe_key = a.hash
                )
                ELSE (
                    SELECT d.signal_id FROM dedupe_windows AS d
                    WHERE
                        d.strategy_id = a.strategy_id AND d.hash = a.hash
                        AND d.at > clock_timestamp() - a.dedupe_window
                )
            END AS first_id,
            EXISTS (
                SELECT 1
                FROM jsonb_array_elements(a.orders || a.cancels) AS n (named)
                WHERE NOT EXISTS (
                    SELECT 1 FROM strategy_accounts AS sa
                    WHERE
                        sa.strategy_id = a.strategy_id AND sa.user_id = a.user_id
                        AND sa.account_id = (n.named ->> 'account_id')::uuid
                )
            ) AS names_foreign_account,
            a.orders = '[]' OR a.orders @> '[{"reduce_only": true}]' AS is_exit,
            a.orders = '[]' AND a.cancels <> '[]' AS is_cancel
        FROM asked AS a
        LEFT JOIN strategies AS s ON s.id = a.strategy_id AND s.user_id = a.user_id
        LEFT JOIN switches AS w ON w.user_id = a.user_id
    ),
    refusable AS MATERIALIZED (
        SELECT
            k.*,
            CASE
                WHEN k.repeated_id IS NOT NULL OR k.outcome <> 'accepted' THEN NULL
                WHEN k.strategy_state IS NULL THEN 'unknown_token'
                WHEN k.names_foreign_account THEN 'account_disabled'
                WHEN k.strategy_state = 'paused' THEN 'strategy_paused'
                WHEN k.is_engaged AND NOT k.is_cancel AND NOT (k.allows_exits AND k.is_exit)
                    THEN 'kill_switch_active'
            END AS refusal
        FROM known AS k
    ),
    judged AS MATERIALIZED (
        SELECT
            r.*,
            CASE
                WHEN r.repeated_id IS NOT NULL THEN 'duplicate'
                WHEN r.outcome = 'rejected' AND r.first_id IS NOT NULL THEN 'duplicate'
                WHEN r.outcome <> 'accepted' THEN 'written'
                WHEN r.refusal IS NOT NULL THEN 'refused'
                WHEN r.first_id IS NOT NULL THEN 'duplicate'
                ELSE 'recorded'
            END AS verdict,
            r.repeated_id IS NULL AND r.refusal IS DISTINCT FROM 'unknown_token' AS is_news
        FROM refusable AS r
    ),
    new_signals AS (
        INSERT INTO signals (
            id, strategy_id, user_id, dedupe_key, dialect, body, signal, outcome, code,
            duplicate_of, received_at, trace_id
        )
        SELECT
            j.id, j.strategy_id, j.user_id,
            CASE
                WHEN j.verdict <> 'recorded' THEN NULL
                WHEN j.dedupe_window IS NULL THEN j.hash
                ELSE j.hash || uuid_send(j.id)
            END,
            j.dialect, j.body, j.content,
            CASE
                WHEN j.verdict IN ('duplicate', 'refused') THEN j.verdict
                ELSE j.outcome
            END,
            coalesce(j.refusal, j.code),
            CASE WHEN j.verdict = 'duplicate' THEN j.first_id END,
            j.received_at, j.trace_id
        FROM judged AS j
        WHERE j.is_news
    ),
    named AS MATERIALIZED (
        SELECT
            j.i, o.place, j.id AS signal_id, j.user_id, j.strategy_id, j.trace_id, j.traceparent,
            j.received_at, o.id, o.account_id, o.asked,
            d.denied_code,
            CASE WHEN d.denied_code IS NULL THEN 2 ELSE 3 END AS events,
            row_number() OVER (PARTITION BY o.account_id ORDER BY j.i, o.place) AS nth
        FROM judged AS j
        CROSS JOIN LATERAL (
            SELECT
                e.place, e.asked,
                (e.asked ->> 'id')::uuid AS id,
                (e.asked ->> 'account_id')::uuid AS account_id
            FROM jsonb_array_elements(j.orders) WITH ORDINALITY AS e (asked, place)
        ) AS o
        INNER JOIN accounts AS c ON c.id = o.account_id
        CROSS JOIN LATERAL (
            SELECT coalesce(
                o.asked ->> 'denied_code',
                CASE
                    WHEN c.state <> 'enabled' THEN 'account_disabled'
                    WHEN j.is_engaged AND NOT (o.asked -> 'reduce_only')::boolean
                        THEN 'kill_switch_active'
                END
            ) AS denied_code
        ) AS d
        WHERE j.verdict = 'recorded'
    ),
    sequences AS (
        UPDATE account_counters AS c SET seq = c.seq + n.more
        FROM (SELECT account_id, count(*) AS more FROM named GROUP BY account_id) AS n
        WHERE c.account_id = n.account_id
        RETURNING c.account_id, c.seq - n.more AS base
    ),
    new_orders AS (
        INSERT INTO orders
        SELECT b.*
        FROM named AS n
        INNER JOIN sequences AS q ON q.account_id = n.account_id
        CROSS JOIN LATERAL born_order(
            -- How long it is wanted is the edge's word; from when on is this clock's, as claims are.
            n.asked || jsonb_build_object(
                'expires_at',
                clock_timestamp() + ((n.asked ->> 'expires_at')::timestamptz - n.received_at)
            ),
            n.user_id, n.strategy_id, n.signal_id, q.base + n.nth, n.denied_code,
            n.trace_id, n.traceparent
        ) AS b
    ),
    new_commands AS (
        INSERT INTO outbox (order_id, is_cancel, created_at)
        SELECT n.id, false, clock_timestamp() FROM named AS n WHERE n.denied_code IS NULL
    ),
    counted AS (
        UPDATE user_counters AS c SET stream_n = c.stream_n + m.more
        FROM (SELECT user_id, sum(events) AS more FROM named GROUP BY user_id) AS m
        WHERE c.user_id = m.user_id
        RETURNING c.user_id, c.stream_n - m.more AS base
    ),
    new_events AS (
        INSERT INTO order_events (
            order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor, evidence
        )
        SELECT
            n.id, e.n, n.user_id,
            c.base + row_number() OVER (PARTITION BY n.user_id ORDER BY n.i, n.place, e.n),
            e.at, e.stage, e.from_state, e.to_state, 'edge', e.evidence
        FROM named AS n
        INNER JOIN counted AS c ON c.user_id = n.user_id
        CROSS JOIN LATERAL (
            VALUES
            (1, n.received_at, 'edge_received', NULL, NULL, '{}'::jsonb),
            (2, clock_timestamp(), 'edge_recorded', NULL, 'queued', '{}'),
            (3, clock_timestamp(), 'denied', 'queued', 'denied',
                jsonb_build_object('code', n.denied_code))
        ) AS e (n, at, stage, from_state, to_state, evidence)
        WHERE e.n <= n.events
    )
    SELECT
        j.i, j.id, j.strategy_id, j.user_id, j.hash, j.dedupe_window, j.received_at, j.orders,
        j.cancels, j.verdict, j.refusal, j.is_news,
        CASE WHEN j.verdict = 'duplicate' THEN coalesce(j.repeated_id, j.first_id) ELSE j.id END
            AS counts_id,
        j.verdict = 'recorded' AND j.content ->> 'id' IS NOT NULL AND (
            EXISTS (
                SELECT 1 FROM signals AS g
                WHERE
                    g.strategy_id = j.strategy_id AND g.signal ->> 'id' = j.content ->> 'id'
                    AND g.outcome = 'accepted' AND g.trace_id <> j.trace_id
                    AND substring(g.dedupe_key FOR 32) <> j.hash
            )
            OR EXISTS (
                SELECT 1 FROM judged AS b
                WHERE
                    b.strategy_id = j.strategy_id AND b.content ->> 'id' = j.content ->> 'id'
                    AND b.verdict = 'recorded' AND b.trace_id <> j.trace_id
                    AND b.hash <> j.hash AND b.i < j.i
            )
        ) AS is_id_reused
    FROM judged AS j
    ORDER BY j.i
    LOOP
        i := v_row.i;
        answer := v_row.verdict;
        code := v_row.refusal;
        first_id := v_row.counts_id;
        order_ids := CASE WHEN answer = 'duplicate' THEN first_orders(first_id) ELSE '{}' END;
        to_cancel := '[]';
        is_id_reused := v_row.is_id_reused;
        IF answer = 'recorded' AND v_row.dedupe_window IS NOT NULL THEN
            INSERT INTO dedupe_windows (strategy_id, hash, signal_id, at)
            VALUES (v_row.strategy_id, v_row.hash, v_row.id, clock_timestamp())
            ON CONFLICT (strategy_id, hash) DO UPDATE
            SET signal_id = EXCLUDED.signal_id, at = EXCLUDED.at;
        END IF;
        IF answer = 'recorded' AND v_row.cancels <> '[]' THEN
            to_cancel := cancel_named(v_row.user_id, v_row.cancels, v_locked || v_before);
        END IF;
        IF answer = 'recorded' THEN
            v_before := v_before || ARRAY(
                SELECT (o.asked ->> 'id')::uuid FROM jsonb_array_elements(v_row.orders) AS o (asked)
            );
        END IF;
        IF v_row.is_news AND (answer <> 'recorded' OR v_row.orders = '[]') THEN
            PERFORM tell_stream(v_row.user_id, 'signal', v_row.id);
        END IF;
        RETURN NEXT;
    END LOOP;
END
$$;
