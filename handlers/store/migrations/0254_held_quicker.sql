-- As in 0251_held.sql, in the language that keeps its plan: an SQL function is planned at each call.
CREATE OR REPLACE FUNCTION keep_folded(p_sums traded_sums) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE traded_sums AS s SET
        folded = p_sums.folded,
        held = p_sums.held,
        cost = p_sums.cost,
        last_price = p_sums.last_price,
        last_at = p_sums.last_at,
        last_entry = p_sums.last_entry,
        names = p_sums.names,
        marked = p_sums.marked
    WHERE s.account_id = p_sums.account_id AND s.symbol = p_sums.symbol;
END
$$;
