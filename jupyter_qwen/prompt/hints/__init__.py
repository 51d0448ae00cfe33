"""Lines for one question alone: values of the data that it names, and DuckDB's way of what it asks for."""
