-- Whose account the venue said it was when a session was opened last: another one's key must not take
-- over orders and positions unseen. Null where the venue does not tell, or was not asked yet.
ALTER TABLE accounts ADD COLUMN venue_account text;
