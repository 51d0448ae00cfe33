"""Which answers to trust: what can be shown about a query that runs."""
