-- A venue's order is held where any of its ids is: one of ours may be two orders there, whose ids are joined
-- by `+`. And of two that are found to be the same one at once, by two workers, one has it.

-- As in 0253_taken_orders.sql, by each id and by what was traded: one contract has several names. Who asks
-- holds the account until its commit, so that the next one sees what it wrote down. Locks, after an
-- order's and before its sums': this one.
CREATE OR REPLACE FUNCTION holder_at_venue(p_order orders, p_broker_order_id text) RETURNS uuid
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    IF p_order.state NOT IN ('unknown', 'needs_review') OR p_broker_order_id IS NULL
        OR p_order.broker_order_id = p_broker_order_id
    THEN
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('holder_at_venue:' || p_order.account_id, 0));
    RETURN (
        SELECT o.id FROM orders AS o
        WHERE
            o.user_id = p_order.user_id AND o.account_id = p_order.account_id
            AND string_to_array(o.broker_order_id, '+')
                && string_to_array(p_broker_order_id, '+')
            AND o.id <> p_order.id
            -- A venue's markets may each count on their own.
            AND coalesce(o.traded_as, o.symbol) = coalesce(p_order.traded_as, p_order.symbol)
            AND o.created_at > p_order.created_at - interval '1 hour'
            AND o.created_at < p_order.created_at + interval '1 hour'
        LIMIT 1
    );
END
$$;
