"""Fill in the middle: the text around the cursor, and what else of the notebook bears on it, as one prompt."""
