"""Who somebody is, and how they show it: passwords, sessions, second factors, keys."""
