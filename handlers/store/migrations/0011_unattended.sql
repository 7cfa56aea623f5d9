-- Users whose orders live at a venue, or may, while nobody holds their lease: after a power cut, say.
-- Queued orders are the outbox's; this finds what no hint is left for.
CREATE FUNCTION unattended_users(p_limit text) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
AS $$
    SELECT DISTINCT o.user_id
    FROM orders AS o
    WHERE
        o.state IN ('sending', 'accepted', 'partially_filled', 'unknown', 'needs_review')
        AND NOT EXISTS (
            SELECT 1 FROM worker_leases AS l
            WHERE l.user_id = o.user_id AND l.expires_at > clock_timestamp()
        )
    LIMIT p_limit::integer
$$;
