"""How likely a cell of Python is right: the same way as for a query, with features and a table of its own."""
