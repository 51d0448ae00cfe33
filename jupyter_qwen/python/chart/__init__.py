"""Which chart a result wants, and the code that draws it. Rules decide, from the columns; a model writes the query alone."""
