-- Nobody asks for whole users any more: unattended_orders says which order of each it is.
DROP FUNCTION unattended_users(text);
