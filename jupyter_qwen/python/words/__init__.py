"""A cell of pandas in one line of plain words, made from its syntax tree, never by a model.

A chain is written as the query that asks for the same (`chains`, `chained_frame`, `terms`), and `sql/words` says that: the words
are the same for both. Only plain chains are read; of all others nothing is said.
"""

from .chained_cell import cell_in_words, query_of
from .deciding_lines import deciding_lines

__all__ = ["cell_in_words", "deciding_lines", "query_of"]
