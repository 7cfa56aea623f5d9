-- As unattended_users, and which order of each it is: who asks for a worker says why, in its trace.
-- The older function stays, as older edges run beside a newer schema.
CREATE FUNCTION unattended_orders(p_limit text)
RETURNS TABLE (user_id uuid, order_id uuid, traceparent text)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT DISTINCT ON (o.user_id) o.user_id, o.id, o.traceparent
    FROM orders AS o
    WHERE
        o.state IN ('sending', 'accepted', 'partially_filled', 'unknown', 'needs_review')
        AND NOT EXISTS (
            SELECT 1 FROM worker_leases AS l
            WHERE l.user_id = o.user_id AND l.expires_at > clock_timestamp()
        )
    ORDER BY o.user_id, o.id
    LIMIT p_limit::integer
$$;

GRANT EXECUTE ON FUNCTION unattended_orders(text) TO fourpass_app;
