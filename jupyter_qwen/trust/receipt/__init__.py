"""A receipt: what a query did with the rows on the way to its figures, counted on the user's data (docs/explanation/trust.md)."""
