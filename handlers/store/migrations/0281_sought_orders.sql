-- An order is looked up by any id it is known by. Its own and its alert's have their indexes, and ours at
-- the venue says the order's; this is the venue's. It is compared character by character, so that one
-- index finds an id and the beginning of one. An order has none when it is recorded.
CREATE INDEX orders_at_venue ON orders (user_id, broker_order_id COLLATE "C")
WHERE broker_order_id IS NOT NULL;

-- Few orders are several at their venue, whose ids are joined by `+`: each of them is looked for in these.
CREATE INDEX orders_joined_at_venue ON orders (user_id) WHERE position('+' IN broker_order_id) > 0;
