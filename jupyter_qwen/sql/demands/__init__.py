"""What a question demands of a query in so many words, and what of it a query leaves unmet."""
