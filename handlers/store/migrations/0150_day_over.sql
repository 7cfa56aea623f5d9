-- A venue that no longer shows an order which worked there proves nothing of how it ended: a person
-- must look. See handlers/records/lifecycle.py.

CREATE OR REPLACE FUNCTION can_settle(p_from text, p_to text, p_same_epoch boolean)
RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN p_to IN ('queued', 'unknown') THEN p_from = 'sending' AND p_same_epoch
        WHEN p_to = 'filled' THEN p_from <> 'filled'
        WHEN p_to IN ('accepted', 'partially_filled', 'cancelled', 'expired') THEN
            p_from NOT IN ('filled', 'cancelled', 'expired', 'rejected') AND p_from <> p_to
        WHEN p_to = 'rejected' THEN p_from IN ('sending', 'unknown', 'needs_review')
        WHEN p_to = 'not_placed' THEN p_from IN ('unknown', 'needs_review')
        WHEN p_to = 'needs_review' THEN p_from IN ('unknown', 'accepted', 'partially_filled')
        ELSE false
    END
$$;
