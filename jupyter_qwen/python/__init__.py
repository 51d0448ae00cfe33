"""Step 4, proof, for Python: names, columns and the SQL inside generated code."""
