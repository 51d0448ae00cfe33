"""What the cells of a notebook would load, read from their source; nothing of them is run."""
