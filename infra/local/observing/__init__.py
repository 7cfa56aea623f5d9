"""The observer: traces and metrics from the record, and an alert of our own now and then."""
