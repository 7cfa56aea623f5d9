"""What the dashboard's journeys have happen behind the page, to a running stack."""
