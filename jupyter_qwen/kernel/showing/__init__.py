"""How an answer, a receipt and errors look in a cell's output and in a terminal."""
