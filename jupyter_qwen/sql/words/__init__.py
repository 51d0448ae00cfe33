"""A query in one line of plain words, made from its syntax tree and the schema, never by a model.

`sentence` leads; `inlining` takes away steps that are none, `origins` says where rows come from and which are left out,
`predicates`, `expressions`, `measures`, `windows` and `dates` read expressions, `phrasebook` has the templates of each language
(`jupyter_qwen/language`). What they cannot read stands as the query's own code in backticks, or the line ends with an ellipsis.
"""

from .sentence import in_words, tree_in_words

__all__ = ["in_words", "tree_in_words"]
