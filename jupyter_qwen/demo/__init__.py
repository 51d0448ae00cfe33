"""The demo: a small shop in DuckDB, two DataFrames, a notebook. Made on the user's machine, the same every time."""
