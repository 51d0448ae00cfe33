"""How likely an answer is right: features of what is known about it, weighed by a table that was fitted and reviewed."""
