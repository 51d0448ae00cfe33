from __future__ import annotations

import pytest

from jupyter_qwen.python.mends import always_mended, mends_for
from jupyter_qwen.schema.model import Column, Schema, Table

ORDERS = Table(
    ("orders",),
    "dataframe",
    (
        Column("Item Price", "VARCHAR", values=("1.5", "2")),
        Column("day", "VARCHAR", values=("2024-01-02", "2024-02-03")),
        Column("size", "BIGINT"),
    ),
    library="pandas",
)
SCHEMA = Schema((ORDERS,))


@pytest.mark.parametrize(
    ("code", "mended"),
    [
        ("orders['größe'].fillna(0, inplace=True)", "orders['größe'] = orders['größe'].fillna(0)"),
        (
            "if True:\n    orders['a'].replace(1, 2, inplace=True)",
            "if True:\n    orders['a'] = orders['a'].replace(1, 2)",
        ),
        ("orders.loc[:, 'a'].fillna(0, inplace=True)", "orders.loc[:, 'a'] = orders.loc[:, 'a'].fillna(0)"),
        ("orders = orders.dropna(inplace=True, axis=1)", "orders = orders.dropna(axis=1)"),
        (
            "more = orders.append({'size': 1}, ignore_index=True)",
            "more = pd.concat([orders, pd.DataFrame([{'size': 1}])], ignore_index=True)",
        ),
        ("top = orders.head()\ntop.append(orders)", "top = orders.head()\npd.concat([top, orders])"),
        ("for name, column in orders.iteritems():\n    pass", "for name, column in orders.items():\n    pass"),
    ],
)
def test_what_pandas_has_given_up_is_written_as_it_is_today(code: str, mended: str) -> None:
    source, repairs = always_mended(code, ["orders"])

    assert source == mended
    assert [repair.after for repair in repairs] == [mended]


@pytest.mark.parametrize(
    "code",
    [
        "rows = []\nrows.append(1)",
        "orders.dropna(inplace=True)",
        "frames['orders'].fillna(0, inplace=True)",
        "orders['a'].dropna(inplace=True)",
        "orders.append(",
    ],
)
def test_what_is_right_or_not_known_stays(code: str) -> None:
    assert always_mended(code, ["orders"]) == (code, ())


@pytest.mark.parametrize(
    ("code", "kind", "message", "mended"),
    [
        ("orders['item_prices'].max()", "KeyError", "'item_prices'", "orders['Item Price'].max()"),
        (
            "orders.groupby('day').mean()",
            "TypeError",
            "agg function failed [how->mean,dtype->str]",
            "orders.groupby('day').mean(numeric_only=True)",
        ),
        (
            "orders.resample('2M', on='day').sum()",
            "ValueError",
            "Invalid frequency: 2M",
            "orders.resample('2ME', on='day').sum()",
        ),
        (
            "orders['Item Price'] > 3",
            "TypeError",
            "'>' not supported between instances of 'str' and 'int'",
            "pd.to_numeric(orders['Item Price'], errors='coerce') > 3",
        ),
        (
            "orders['day'].dt.year",
            "AttributeError",
            "Can only use .dt accessor with datetimelike values",
            "pd.to_datetime(orders['day']).dt.year",
        ),
        (
            "orders.boxplot(x='day', y='size')",
            "TypeError",
            "Axes.boxplot() got multiple values for argument 'x'",
            "orders.boxplot(by='day', column='size')",
        ),
        ("data['size'].sum()", "NameError", "name 'data' is not defined", "orders['size'].sum()"),
        (
            "ttest_ind([1], [2])",
            "NameError",
            "name 'ttest_ind' is not defined",
            "from scipy.stats import ttest_ind\nttest_ind([1], [2])",
        ),
        ("x = 1\nThis gives one.", "SyntaxError", "invalid syntax", "x = 1"),
        (">>> x = 1\n>>> x\n1", "SyntaxError", "invalid syntax", "x = 1\nx"),
        ("Here is the sum:\n\nsum([1])", "SyntaxError", "invalid syntax", "sum([1])"),
    ],
)
def test_an_error_proposes_the_repair_that_it_asks_for(code: str, kind: str, message: str, mended: str) -> None:
    assert next(mends_for(code, kind, message, SCHEMA)).after == mended


def test_an_error_that_no_rule_knows_proposes_nothing() -> None:
    assert list(mends_for("1 / 0", "ZeroDivisionError", "division by zero", SCHEMA)) == []
    assert list(mends_for("orders['zzz']", "KeyError", "'zzz'", SCHEMA)) == []
