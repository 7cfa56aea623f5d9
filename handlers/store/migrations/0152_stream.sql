-- A user's stream without a lock. Its numbers came from a counter that was held from each event to its
-- commit, so that one user's recording, claims and settlements waited for one another's disk. Now a
-- number is that of the transaction, and one that grows within it: what one transaction wrote has no
-- other transaction's between, and all who read see the same order.
--
-- A transaction may commit after a later one. Who reads therefore stops before the oldest one that is
-- still under way (`handlers/store/postgres/streams.py`), and no entry ever comes behind one that was
-- read. What a transaction did to an order is one entry, since an entry says what the order is now.

-- As many entries as one transaction can write before two have the same number.
CREATE SEQUENCE stream_places MAXVALUE 1048575 CYCLE;

CREATE FUNCTION stream_mark() RETURNS bigint
LANGUAGE sql VOLATILE AS $$
    SELECT (pg_current_xact_id()::text::bigint << 20) + nextval('stream_places')
$$;

ALTER TABLE order_events
ALTER COLUMN stream_n DROP NOT NULL,
DROP CONSTRAINT order_events_user_id_stream_n_key;
CREATE UNIQUE INDEX order_events_stream ON order_events (user_id, stream_n)
WHERE stream_n IS NOT NULL;

-- What is left of the counter is its lock: recording takes it, and nothing that executes does.
ALTER TABLE user_counters DROP COLUMN stream_n;

-- Write one entry of a user's stream that is no order's event; what is nobody's has no stream.
CREATE OR REPLACE FUNCTION tell_stream(p_user uuid, p_kind text, p_object uuid) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)
    SELECT p_user, stream_mark(), p_kind, p_object, clock_timestamp() WHERE p_user IS NOT NULL
$$;

-- Append events to an order's timeline, and the order and its new fills to the user's stream. What a
-- leg that opens goes through is an entry of its reversal too, which is shown in another state now.
CREATE OR REPLACE FUNCTION append_events(
    p_order orders, p_actor text, p_epoch bigint, p_events jsonb, p_fills uuid[]
) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_last integer := jsonb_array_length(p_events);
BEGIN
    IF cardinality(p_fills) > 0 THEN
        INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)
        SELECT p_order.user_id, stream_mark(), 'fill', f.id, clock_timestamp()
        FROM unnest(p_fills) AS f (id);
    END IF;
    INSERT INTO order_events (
        order_id, n, user_id, stream_n, at, stage, from_state, to_state, actor, epoch, evidence
    )
    SELECT
        p_order.id, p_order.event_n + e.i, p_order.user_id,
        CASE WHEN e.i = v_last THEN stream_mark() END,
        coalesce((e.event ->> 'at')::timestamptz, clock_timestamp()),
        e.event ->> 'stage', e.event ->> 'from', e.event ->> 'to', p_actor, p_epoch,
        coalesce(e.event -> 'evidence', '{}')
    FROM jsonb_array_elements(p_events) WITH ORDINALITY AS e (event, i);
    IF p_order.leg > 1 THEN
        INSERT INTO stream_entries (user_id, stream_n, kind, object_id, at)
        VALUES (p_order.user_id, stream_mark(), 'order', p_order.parent_id, clock_timestamp());
    END IF;
END
$$;

-- Insert a new order with its outbox row, if it is queued, and its first events: when its alert was
-- received, when it was recorded, and its denial.
CREATE OR REPLACE FUNCTION give_birth(p_order orders, p_actor text, p_received_at timestamptz)
RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    v_born orders := p_order;
    v_events jsonb := jsonb_build_array(
        jsonb_build_object('stage', 'edge_received', 'at', p_received_at),
        jsonb_build_object('stage', 'edge_recorded', 'at', p_order.created_at, 'to', 'queued')
    );
BEGIN
    INSERT INTO orders SELECT p_order.*;
    IF p_order.state = 'queued' THEN
        INSERT INTO outbox (order_id, is_cancel, created_at)
        VALUES (p_order.id, false, p_order.created_at);
    ELSE
        v_events := v_events || jsonb_build_array(jsonb_build_object(
            'stage', 'denied', 'at', p_order.created_at, 'from', 'queued', 'to', 'denied',
            'evidence', jsonb_build_object('code', p_order.error_code)
        ));
    END IF;
    v_born.event_n := 0;
    PERFORM append_events(v_born, p_actor, NULL, v_events, '{}');
END
$$;
