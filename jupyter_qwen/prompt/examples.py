"""Worked examples for text-to-SQL: one small library, one question per habit that a small model must be shown.

They stand at the fixed beginning of the prompt and cost nothing after the first question. Nothing of them comes from a
benchmark. What each teaches, from the failures counted in docs/sql.md: columns asked for and no id beside them; the most
by ORDER BY and LIMIT 1, grouped by key; never by NOT IN; both by INTERSECT; a share by FILTER.
"""

from __future__ import annotations

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

EXAMPLES: tuple[tuple[str, str], ...] = (
    ("How many members live in each city?", "SELECT city, count(*) FROM member GROUP BY city"),
    (
        "Which member has borrowed the most books? Show the name.",
        "SELECT m.name FROM member AS m JOIN loan AS l ON l.member_id = m.id "
        "GROUP BY m.id, m.name ORDER BY count(*) DESC LIMIT 1",
    ),
    (
        "Show the titles and genres of the books that were never borrowed.",
        "SELECT title, genre FROM book WHERE id NOT IN (SELECT book_id FROM loan)",
    ),
    (
        "Which cities have members who joined in 2021 and also members who joined in 2023?",
        "SELECT city FROM member WHERE year(joined) = 2021 INTERSECT SELECT city FROM member WHERE year(joined) = 2023",
    ),
    (
        "What percentage of the loans had a fee above the average fee?",
        "SELECT 100.0 * count(*) FILTER (WHERE fee > (SELECT avg(fee) FROM loan)) / count(*) FROM loan",
    ),
)
