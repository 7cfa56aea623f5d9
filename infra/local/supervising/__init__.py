"""One process kept running: started, ready, restarted, stopped, and never outliving us."""
