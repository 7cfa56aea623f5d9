-- The door through which alerts come in, once more, with the same answers: one alert after the other
-- is judged, and what they make is written together. A statement that judged all of them at once took
-- a millisecond to start, whatever its batch.
--
-- Locks, always in this order: switches, orders, user counters, account counters. Holding the users'
-- counters, the next statement's snapshot sees every copy of an alert that was committed before, so
-- that a duplicate is answered with its first ids at once. No two alerts of a batch have the same id
-- or the same key, and a user's alerts stand in the order in which they came; whoever calls sees to
-- that.

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
    v_asked jsonb;
    v_seen record;
    v_signal signals;
    v_signals signals[] := '{}';
    v_orders orders[] := '{}';
    v_received timestamptz[] := '{}';
    v_numbers jsonb := '{}';
    v_before uuid[] := '{}';
    v_more orders[];
BEGIN
    PERFORM FROM switches WHERE user_id = ANY (v_users) ORDER BY user_id FOR SHARE;
    v_locked := lock_for_record(p_batch, v_users);
    FOR i, v_asked IN
        SELECT a.i, a.asked FROM jsonb_array_elements(p_batch) WITH ORDINALITY AS a (asked, i)
    LOOP
        v_signal := signal_of(v_asked);
        SELECT * INTO STRICT v_seen FROM judged_signal(v_signal, v_asked);
        answer := v_seen.verdict;
        code := v_seen.refusal;
        first_id := v_seen.counts_id;
        order_ids := CASE WHEN answer = 'duplicate' THEN first_orders(first_id) ELSE '{}' END;
        to_cancel := '[]';
        is_id_reused := answer = 'recorded' AND reuses_id(v_signal, v_signals);
        IF v_seen.is_news THEN
            v_signals := v_signals || kept_signal(v_signal, v_asked, answer, code, first_id);
        END IF;
        IF answer = 'recorded' THEN
            IF v_asked #> '{dedupe,window}' <> 'null' THEN
                INSERT INTO dedupe_windows (strategy_id, hash, signal_id, at)
                VALUES (
                    v_signal.strategy_id, v_signal.dedupe_key, v_signal.id, clock_timestamp()
                )
                ON CONFLICT (strategy_id, hash) DO UPDATE
                SET signal_id = EXCLUDED.signal_id, at = EXCLUDED.at;
            END IF;
            IF v_asked -> 'cancels' <> '[]' THEN
                -- What came before it in this batch is to be found, and nothing that comes after it.
                PERFORM write_born(v_orders, v_received);
                v_before := v_before || ARRAY(SELECT o.id FROM unnest(v_orders) AS o);
                v_orders := '{}';
                v_received := '{}';
                to_cancel := cancel_named(
                    v_signal.user_id, v_asked -> 'cancels', v_locked || v_before
                );
            END IF;
            IF v_asked -> 'orders' <> '[]' THEN
                SELECT n.numbers, n.born INTO STRICT v_numbers, v_more
                FROM born_of(v_signal, v_asked, v_seen.is_engaged, v_numbers, p_batch) AS n;
                v_orders := v_orders || v_more;
                v_received := v_received
                    || array_fill(v_signal.received_at, ARRAY[cardinality(v_more)]);
            END IF;
        END IF;
        IF v_seen.is_news AND (answer <> 'recorded' OR v_asked -> 'orders' = '[]') THEN
            PERFORM tell_stream(v_signal.user_id, 'signal', v_signal.id);
        END IF;
        RETURN NEXT;
    END LOOP;
    INSERT INTO signals SELECT s.* FROM unnest(v_signals) AS s;
    PERFORM write_born(v_orders, v_received);
END
$$;

-- An alert as it was sent here; its `dedupe_key` is the content's hash alone.
CREATE FUNCTION signal_of(p_asked jsonb) RETURNS signals
LANGUAGE plpgsql AS $$
DECLARE
    v_signal signals;
BEGIN
    v_signal.id := p_asked ->> 'id';
    v_signal.strategy_id := p_asked ->> 'strategy_id';
    v_signal.user_id := p_asked ->> 'user_id';
    v_signal.dedupe_key := decode(p_asked #>> '{dedupe,hash}', 'base64');
    v_signal.dialect := p_asked ->> 'dialect';
    v_signal.body := p_asked ->> 'body';
    v_signal.signal := convert_from(decode(p_asked ->> 'signal', 'base64'), 'UTF8');
    v_signal.outcome := p_asked ->> 'outcome';
    v_signal.code := p_asked ->> 'code';
    v_signal.received_at := p_asked ->> 'received_at';
    v_signal.trace_id := p_asked ->> 'trace_id';
    RETURN v_signal;
END
$$;

-- What is to be answered to an alert: `recorded`, `refused` with why, `duplicate` of which alert, or
-- `written` where it was rejected before it came here. `is_news` is whether it is written down.
CREATE FUNCTION judged_signal(
    p_signal signals, p_asked jsonb,
    OUT verdict text, OUT refusal text, OUT counts_id uuid, OUT is_news boolean,
    OUT is_engaged boolean
)
LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    v_orders jsonb := p_asked -> 'orders';
    v_cancels jsonb := p_asked -> 'cancels';
    v_window interval := p_asked #>> '{dedupe,window}';
    v_is_exit boolean := v_orders = '[]' OR v_orders @> '[{"reduce_only": true}]';
    v_is_cancel boolean := v_orders = '[]' AND v_cancels <> '[]';
    v_seen record;
BEGIN
    SELECT
        s.state AS strategy_state,
        w.is_engaged,
        w.allows_exits,
        (SELECT g.id FROM signals AS g WHERE g.id = p_signal.id) AS repeated_id,
        EXISTS (
            SELECT 1
            FROM jsonb_array_elements(v_orders || v_cancels) AS n (named)
            WHERE NOT EXISTS (
                SELECT 1 FROM strategy_accounts AS sa
                WHERE
                    sa.strategy_id = p_signal.strategy_id AND sa.user_id = p_signal.user_id
                    AND sa.account_id = (n.named ->> 'account_id')::uuid
            )
        ) AS names_foreign_account
    INTO STRICT v_seen
    FROM (VALUES (p_signal.strategy_id)) AS a (strategy_id)
    LEFT JOIN strategies AS s ON s.id = a.strategy_id AND s.user_id = p_signal.user_id
    LEFT JOIN switches AS w ON w.user_id = p_signal.user_id;
    is_engaged := v_seen.is_engaged;
    IF v_window IS NULL THEN
        SELECT g.id INTO counts_id FROM signals AS g
        WHERE g.strategy_id = p_signal.strategy_id AND g.dedupe_key = p_signal.dedupe_key;
    ELSE
        SELECT d.signal_id INTO counts_id FROM dedupe_windows AS d
        WHERE
            d.strategy_id = p_signal.strategy_id AND d.hash = p_signal.dedupe_key
            AND d.at > clock_timestamp() - v_window;
    END IF;
    refusal := CASE
        WHEN v_seen.repeated_id IS NOT NULL OR p_signal.outcome <> 'accepted' THEN NULL
        WHEN v_seen.strategy_state IS NULL THEN 'unknown_token'
        WHEN v_seen.names_foreign_account THEN 'account_disabled'
        WHEN v_seen.strategy_state = 'paused' THEN 'strategy_paused'
        WHEN
            v_seen.is_engaged AND NOT v_is_cancel AND NOT (v_seen.allows_exits AND v_is_exit)
            THEN 'kill_switch_active'
    END;
    verdict := CASE
        WHEN v_seen.repeated_id IS NOT NULL THEN 'duplicate'
        WHEN p_signal.outcome = 'rejected' AND counts_id IS NOT NULL THEN 'duplicate'
        WHEN p_signal.outcome <> 'accepted' THEN 'written'
        WHEN refusal IS NOT NULL THEN 'refused'
        WHEN counts_id IS NOT NULL THEN 'duplicate'
        ELSE 'recorded'
    END;
    counts_id := CASE
        WHEN verdict = 'duplicate' THEN coalesce(v_seen.repeated_id, counts_id) ELSE p_signal.id
    END;
    is_news := v_seen.repeated_id IS NULL AND refusal IS DISTINCT FROM 'unknown_token';
END
$$;

-- An alert as it is written down.
CREATE FUNCTION kept_signal(
    p_signal signals, p_asked jsonb, p_verdict text, p_refusal text, p_counts uuid
) RETURNS signals
LANGUAGE plpgsql AS $$
DECLARE
    v_kept signals := p_signal;
BEGIN
    IF p_verdict <> 'recorded' THEN
        v_kept.dedupe_key := NULL;
    ELSIF p_asked #> '{dedupe,window}' <> 'null' THEN
        v_kept.dedupe_key := p_signal.dedupe_key || uuid_send(p_signal.id);
    END IF;
    IF p_verdict IN ('duplicate', 'refused') THEN
        v_kept.outcome := p_verdict;
    END IF;
    IF p_verdict = 'duplicate' THEN
        v_kept.duplicate_of := p_counts;
    END IF;
    v_kept.code := coalesce(p_refusal, p_signal.code);
    RETURN v_kept;
END
$$;

-- Whether an earlier alert of the strategy, recorded or of this batch, had the same id and other
-- content.
CREATE FUNCTION reuses_id(p_signal signals, p_batch signals[]) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_id text := p_signal.signal ->> 'id';
BEGIN
    RETURN v_id IS NOT NULL AND (
        EXISTS (
            SELECT 1 FROM signals AS g
            WHERE
                g.strategy_id = p_signal.strategy_id AND g.signal ->> 'id' = v_id
                AND g.outcome = 'accepted' AND g.trace_id <> p_signal.trace_id
                AND substring(g.dedupe_key FOR 32) <> p_signal.dedupe_key
        )
        OR EXISTS (
            SELECT 1 FROM unnest(p_batch) AS b
            WHERE
                b.strategy_id = p_signal.strategy_id AND b.signal ->> 'id' = v_id
                AND b.outcome = 'accepted' AND b.trace_id <> p_signal.trace_id
                AND substring(b.dedupe_key FOR 32) <> p_signal.dedupe_key
        )
    );
END
$$;

-- The orders that an alert makes, with the numbers they have in their accounts. Of each account that
-- the batch names, as many numbers are taken at once as it may need; `p_numbers` has what is left.
CREATE FUNCTION born_of(
    p_signal signals, p_asked jsonb, p_is_engaged boolean, p_numbers jsonb, p_batch jsonb,
    OUT numbers jsonb, OUT born orders[]
)
LANGUAGE plpgsql AS $$
DECLARE
    v_order jsonb;
    v_account text;
    v_state text;
    v_last bigint;
    v_most bigint;
BEGIN
    numbers := p_numbers;
    born := '{}';
    FOR v_order IN SELECT e.asked FROM jsonb_array_elements(p_asked -> 'orders') AS e (asked) LOOP
        v_account := v_order ->> 'account_id';
        SELECT a.state INTO STRICT v_state FROM accounts AS a WHERE a.id = v_account::uuid;
        IF NOT numbers ? v_account THEN
            SELECT count(*) INTO v_most
            FROM jsonb_path_query(p_batch, '$[*].orders[*].account_id') AS named (account_id)
            WHERE named.account_id = to_jsonb(v_account);
            UPDATE account_counters SET seq = seq + v_most WHERE account_id = v_account::uuid
            RETURNING seq - v_most INTO STRICT v_last;
        ELSE
            v_last := numbers -> v_account;
        END IF;
        numbers := numbers || jsonb_build_object(v_account, v_last + 1);
        born := born || born_order(
            -- How long it is wanted is the edge's word; from when on is this clock's, as claims are.
            v_order || jsonb_build_object(
                'expires_at',
                clock_timestamp()
                    + ((v_order ->> 'expires_at')::timestamptz - p_signal.received_at)
            ),
            p_signal.user_id, p_signal.strategy_id, p_signal.id, v_last + 1,
            coalesce(
                v_order ->> 'denied_code',
                CASE
                    WHEN v_state <> 'enabled' THEN 'account_disabled'
                    WHEN p_is_engaged AND NOT (v_order -> 'reduce_only')::boolean
                        THEN 'kill_switch_active'
                END
            ),
            p_signal.trace_id, p_asked ->> 'traceparent'
        );
    END LOOP;
END
$$;

-- Write new orders of alerts with what goes with them: their commands and first events. `p_received`
-- has for each when its alert came.
CREATE FUNCTION write_born(p_orders orders[], p_received timestamptz[]) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    IF cardinality(p_orders) = 0 THEN
        RETURN;
    END IF;
    INSERT INTO orders SELECT o.* FROM unnest(p_orders) AS o;
    INSERT INTO outbox (order_id, is_cancel, created_at)
    SELECT o.id, false, o.created_at FROM unnest(p_orders) AS o WHERE o.state = 'queued';
    INSERT INTO order_events (
        order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor, evidence
    )
    SELECT
        o.id, e.n, o.user_id, CASE WHEN e.n = o.event_n THEN stream_mark() END,
        CASE WHEN e.n = 1 THEN p_received[o.ordinality] ELSE o.created_at END,
        e.stage, e.from_state, e.to_state, 'edge',
        CASE WHEN e.n < 3 THEN '{}' ELSE jsonb_build_object('code', o.error_code) END
    FROM unnest(p_orders) WITH ORDINALITY AS o
    CROSS JOIN LATERAL (
        VALUES
        (1, 'edge_received', NULL, NULL),
        (2, 'edge_recorded', NULL, 'queued'),
        (3, 'denied', 'queued', 'denied')
    ) AS e (n, stage, from_state, to_state)
    WHERE e.n <= o.event_n
    ORDER BY o.ordinality, e.n;
END
$$;
