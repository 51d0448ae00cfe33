"""Worked examples for text-to-SQL: one small library, one question per habit that a small model must be shown.

They stand at the fixed beginning of the prompt and cost nothing after the first question. Nothing of them comes from a
benchmark. What they teach, from the failures counted in docs/sql.md: no column that was not asked for; joins along the
keys, and only where needed; literals spelled as the data spells them; the most by ORDER BY and LIMIT 1; never by NOT IN;
both by INTERSECT; comparison with an aggregate by a subquery; shares by FILTER; DuckDB's short forms.
"""

from __future__ import annotations

from dataclasses import dataclass

EXAMPLE_SCHEMA = """CREATE TABLE member (
  id INTEGER PRIMARY KEY,
  name VARCHAR,
  city VARCHAR,
  joined DATE
);

CREATE TABLE book (
  id INTEGER PRIMARY KEY,
  title VARCHAR,
  genre VARCHAR,
  pages INTEGER
);

CREATE TABLE loan (
  member_id INTEGER REFERENCES member(id),
  book_id INTEGER REFERENCES book(id),
  loaned_on DATE,
  fee DECIMAL(6,2)
);"""


@dataclass(frozen=True)
class Example:
    """A question over EXAMPLE_SCHEMA, the value hints that the prompt would give with it, and the query wanted."""

    question: str
    sql: str
    hints: str = ""


EXAMPLES: tuple[Example, ...] = (
    Example("How many members are there in each city?", "SELECT city, count(*) FROM member GROUP BY city"),
    Example(
        "Show the titles and genres of the books that were never borrowed.",
        "SELECT title, genre FROM book WHERE id NOT IN (SELECT book_id FROM loan)",
    ),
    Example(
        "Which books are longer than the average book? Give title and pages, longest first.",
        "SELECT title, pages FROM book WHERE pages > (SELECT avg(pages) FROM book) ORDER BY pages DESC",
    ),
    Example(
        "What percentage of the loans was free, for each year?",
        "SELECT year(loaned_on) AS year, 100.0 * count(*) FILTER (WHERE fee = 0) / count(*) AS percentage "
        "FROM loan GROUP BY year",
    ),
    Example(
        "What is the ratio of the pages of 'Emma' to the pages of 'Ulysses'?",
        "SELECT (SELECT pages FROM book WHERE title = 'Emma') / (SELECT pages FROM book WHERE title = 'Ulysses') AS ratio",
        hints="book.title = 'Emma'; book.title = 'Ulysses'",
    ),
    Example(
        "Which cities have members who borrowed a poem and members who borrowed an atlas?",
        "SELECT m.city FROM member AS m JOIN loan AS l ON l.member_id = m.id JOIN book AS b ON b.id = l.book_id "
        "WHERE b.genre = 'poem' INTERSECT SELECT m.city FROM member AS m JOIN loan AS l ON l.member_id = m.id "
        "JOIN book AS b ON b.id = l.book_id WHERE b.genre = 'atlas'",
        hints="book.genre = 'poem'; book.genre = 'atlas'",
    ),
    Example(
        "Which member has borrowed the most books? Show the name.",
        "SELECT m.name FROM loan AS l JOIN member AS m ON l.member_id = m.id "
        "GROUP BY m.id, m.name ORDER BY count(*) DESC LIMIT 1",
    ),
    Example(
        "How many books did members from Leeds borrow?",
        "SELECT count(*) FROM loan AS l JOIN member AS m ON l.member_id = m.id WHERE m.city = 'Leeds'",
        hints="member.city = 'Leeds'",
    ),
    Example(
        "What are the titles of the books that Ann Lee borrowed?",
        "SELECT b.title FROM loan AS l JOIN member AS m ON l.member_id = m.id JOIN book AS b ON l.book_id = b.id "
        "WHERE m.name = 'Ann Lee'",
        hints="member.name = 'Ann Lee'",
    ),
)
