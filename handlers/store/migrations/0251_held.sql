-- What is held, and at what price, kept as executions are written down: folded when it is asked for, a
-- million of them take longer than anybody waits. The rules are those of handlers/records/position_fold.py,
-- oldest first: by time, and by entry where times are the same.
--
-- Sums grow in any order; what was paid does not. An execution that comes behind a later one, as those do
-- that a look-up finds, takes the fold back to the mark before it, and it goes on from there. What is left
-- to fold (`folded` < `fills`) is folded by whoever reads: the truth waits for nobody's upkeep.

-- The way of a fold. It is made while nothing is written down: a second or two a million. It comes first,
-- since whoever writes an execution down locks these tables in this order too.
CREATE INDEX fills_held ON fills (account_id, coalesce(traded_as, symbol), at, entry);

-- After `folded` executions, of which the last was that of `last_at`: what is held, and for how much.
-- Nothing is folded here: nobody waits for this. `catch_up_position` does it, a little at a time.
ALTER TABLE traded_sums
ADD COLUMN folded bigint NOT NULL DEFAULT 0,
ADD COLUMN held numeric NOT NULL DEFAULT 0,
ADD COLUMN cost numeric NOT NULL DEFAULT 0,
ADD COLUMN last_price numeric,
ADD COLUMN last_at timestamptz NOT NULL DEFAULT '-infinity',
ADD COLUMN last_entry bigint NOT NULL DEFAULT 0,
ADD COLUMN names text[] NOT NULL DEFAULT '{}',
ADD COLUMN marked bigint NOT NULL DEFAULT 0;

-- How the fold stood after every 200th execution or so.
CREATE TABLE fold_marks (
    account_id uuid NOT NULL,
    symbol text NOT NULL,
    at timestamptz NOT NULL,
    entry bigint NOT NULL,
    user_id uuid NOT NULL,
    folded bigint NOT NULL,
    held numeric NOT NULL,
    cost numeric NOT NULL,
    PRIMARY KEY (account_id, symbol, at, entry)
);
ALTER TABLE fold_marks ENABLE ROW LEVEL SECURITY;
ALTER TABLE fold_marks FORCE ROW LEVEL SECURITY;
CREATE POLICY doors ON fold_marks TO fourpass_owner USING (true);

-- Add executions, oldest first, to what was folded before them.
CREATE FUNCTION fold_on(p_sums traded_sums, p_fills fills[]) RETURNS traded_sums
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    v_fill fills;
    v_change numeric;
    v_after numeric;
BEGIN
    FOREACH v_fill IN ARRAY p_fills LOOP
        v_change := signed_quantity(v_fill);
        v_after := p_sums.held + v_change;
        p_sums.cost := CASE
            WHEN p_sums.held * v_change >= 0 THEN p_sums.cost + v_change * v_fill.price
            WHEN p_sums.held * v_after <= 0 THEN v_after * v_fill.price
            -- Its share, cut off after 20 digits: division would round as it likes.
            ELSE div(p_sums.cost * v_after * 1e20, p_sums.held) * 1e-20
        END;
        p_sums.held := v_after;
        IF v_fill.traded_as IS NOT NULL AND NOT v_fill.symbol = ANY (p_sums.names) THEN
            p_sums.names := p_sums.names || v_fill.symbol;
        END IF;
    END LOOP;
    IF cardinality(p_fills) > 0 THEN
        p_sums.folded := p_sums.folded + cardinality(p_fills);
        p_sums.last_price := v_fill.price;
        p_sums.last_at := v_fill.at;
        p_sums.last_entry := v_fill.entry;
    END IF;
    RETURN p_sums;
END
$$;

-- The executions that come next. How many is a constant, for the planner to know that they are few; and
-- under row-level security it takes the index for the order only where that is written out.
CREATE FUNCTION next_fills(p_sums traded_sums) RETURNS fills[]
LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (
        SELECT coalesce(array_agg(t.f ORDER BY (t.f).at, (t.f).entry), '{}') FROM (
            SELECT f FROM fills AS f
            WHERE
                f.account_id = p_sums.account_id
                AND coalesce(f.traded_as, f.symbol) = p_sums.symbol
                AND (f.at, f.entry) > (p_sums.last_at, p_sums.last_entry)
            ORDER BY f.account_id, coalesce(f.traded_as, f.symbol), f.at, f.entry
            LIMIT 200
        ) AS t
    );
END
$$;

-- Fold to the end, and write nothing down.
CREATE FUNCTION folded(p_sums traded_sums) RETURNS traded_sums
LANGUAGE plpgsql STABLE AS $$
DECLARE
    v_next fills[];
BEGIN
    WHILE p_sums.folded < p_sums.fills LOOP
        v_next := next_fills(p_sums);
        EXIT WHEN v_next = '{}';
        p_sums := fold_on(p_sums, v_next);
    END LOOP;
    RETURN p_sums;
END
$$;

-- Leave a mark, where the last one is long past.
CREATE FUNCTION marked(p_sums traded_sums) RETURNS traded_sums
LANGUAGE plpgsql AS $$
BEGIN
    IF p_sums.folded - p_sums.marked >= 200 THEN
        INSERT INTO fold_marks (account_id, symbol, at, entry, user_id, folded, held, cost)
        VALUES (
            p_sums.account_id, p_sums.symbol, p_sums.last_at, p_sums.last_entry, p_sums.user_id,
            p_sums.folded, p_sums.held, p_sums.cost
        );
        p_sums.marked := p_sums.folded;
    END IF;
    RETURN p_sums;
END
$$;

-- Go back to the last mark before an execution; those after it are void.
CREATE FUNCTION taken_back(p_sums traded_sums, p_fill fills) RETURNS traded_sums
LANGUAGE plpgsql AS $$
DECLARE
    v_mark fold_marks;
BEGIN
    DELETE FROM fold_marks AS m
    WHERE
        m.account_id = p_sums.account_id AND m.symbol = p_sums.symbol
        AND (m.at, m.entry) >= (p_fill.at, p_fill.entry);
    SELECT * INTO v_mark FROM fold_marks AS m
    WHERE m.account_id = p_sums.account_id AND m.symbol = p_sums.symbol
    ORDER BY m.at DESC, m.entry DESC
    LIMIT 1;
    p_sums.folded := coalesce(v_mark.folded, 0);
    p_sums.held := coalesce(v_mark.held, 0);
    p_sums.cost := coalesce(v_mark.cost, 0);
    p_sums.last_at := coalesce(v_mark.at, '-infinity');
    p_sums.last_entry := coalesce(v_mark.entry, 0);
    p_sums.marked := p_sums.folded;
    RETURN p_sums;
END
$$;

-- Fold on, by so many executions at most: whoever waits for this row waits as long.
CREATE FUNCTION brought_on(p_sums traded_sums, p_most integer) RETURNS traded_sums
LANGUAGE plpgsql AS $$
DECLARE
    v_next fills[];
BEGIN
    FOR i IN 1..p_most / 200 LOOP
        EXIT WHEN p_sums.folded >= p_sums.fills;
        v_next := next_fills(p_sums);
        EXIT WHEN v_next = '{}';
        p_sums := marked(fold_on(p_sums, v_next));
    END LOOP;
    RETURN p_sums;
END
$$;

-- In the language that keeps its plan: an SQL function is planned at each call.
CREATE FUNCTION keep_folded(p_sums traded_sums) RETURNS void
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

-- As in 0233_sums.sql; and what is held. A row is locked from its sums on, so that one fold of it goes on
-- at a time and sees what those before it saw.
CREATE OR REPLACE FUNCTION add_to_sums() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    v_new record;
    v_sums traded_sums;
    v_fills fills[];
BEGIN
    FOR v_new IN
        SELECT
            f.account_id, coalesce(f.traded_as, f.symbol) AS symbol, f.user_id,
            bool_or(f.traded_as IS NOT NULL) AS is_contract, count(*) AS fills,
            sum(signed_quantity(f)) AS quantity, sum(signed_quantity(f) * f.price) AS value,
            array_agg(f::fills ORDER BY f.at, f.entry) AS each
        FROM new_fills AS f
        GROUP BY 1, 2, 3
        ORDER BY 1, 2
    LOOP
        INSERT INTO traded_sums AS s (
            account_id, symbol, user_id, is_contract, fills, quantity, value
        )
        VALUES (
            v_new.account_id, v_new.symbol, v_new.user_id, v_new.is_contract, v_new.fills,
            v_new.quantity, v_new.value
        )
        ON CONFLICT (account_id, symbol) DO UPDATE SET
            is_contract = s.is_contract OR EXCLUDED.is_contract,
            fills = s.fills + EXCLUDED.fills,
            quantity = s.quantity + EXCLUDED.quantity,
            value = s.value + EXCLUDED.value
        RETURNING s.* INTO v_sums;
        v_fills := v_new.each;
        IF (v_fills[1].at, v_fills[1].entry) < (v_sums.last_at, v_sums.last_entry) THEN
            v_sums := brought_on(taken_back(v_sums, v_fills[1]), 20000);
        ELSIF v_sums.folded + v_new.fills = v_sums.fills THEN
            v_sums := marked(fold_on(v_sums, v_fills));
        ELSE
            v_sums := brought_on(v_sums, 2000);
        END IF;
        PERFORM keep_folded(v_sums);
    END LOOP;
    INSERT INTO fee_sums AS s (account_id, currency, user_id, fee)
    SELECT f.account_id, f.fee_currency, f.user_id, sum(f.fee)
    FROM new_fills AS f
    GROUP BY 1, 2, 3
    ORDER BY 1, 2
    ON CONFLICT (account_id, currency) DO UPDATE SET fee = s.fee + EXCLUDED.fee;
    RETURN NULL;
END
$$;

-- Fold a little more of what was written down before it was kept; true as long as that helps. The row is
-- locked for as long as 2,000 executions take, and nothing else is.
CREATE FUNCTION catch_up_position(p_account uuid, p_symbol text) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    v_before traded_sums;
    v_after traded_sums;
BEGIN
    SELECT * INTO v_before FROM traded_sums AS s
    WHERE s.account_id = p_account AND s.symbol = p_symbol
    FOR UPDATE;
    v_after := brought_on(v_before, 2000);
    IF v_after.folded IS NOT DISTINCT FROM v_before.folded THEN
        RETURN false;
    END IF;
    PERFORM keep_folded(v_after);
    RETURN v_after.folded < v_after.fills;
END
$$;

CREATE POLICY own_rows ON traded_sums TO fourpass_app USING (user_id = (SELECT acting_user()));
GRANT SELECT ON traded_sums TO fourpass_app;
GRANT EXECUTE ON FUNCTION
    signed_quantity(fills), fold_on(traded_sums, fills[]), next_fills(traded_sums),
    folded(traded_sums)
TO fourpass_app;
