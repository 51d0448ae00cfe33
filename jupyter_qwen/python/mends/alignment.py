"""The cell aligned to what was asked: a function by its name, called for its result; a result instead of a change."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from jupyter_qwen.python.mends.edits import Edit, Places, in_place
from jupyter_qwen.python.mends.lost_values import shown_together
from jupyter_qwen.python.syntax import parsed
from jupyter_qwen.sql.model import Repair

_FUNCTION = re.compile(r"\b(?:function|def|method|helper|lambda|class|decorator|generator)\b", re.IGNORECASE)
_NAMED = re.compile(
    r"\bfunction\s+(?:called\s+|named\s+|with the name\s+)?[`'\"]?([a-z_]\w*)[`'\"]?\s*(?=\(|[`'\"])"
    r"|\bfunction\s+(?:called|named)\s+[`'\"]?([a-z_]\w*)"
    r"|\bdef\s+([A-Za-z_]\w*)\s*\(",
    re.IGNORECASE,
)
_SHOW = re.compile(
    r"\s*(?:please )?(?:return|show|give|get|list|display|print|select|what|which|who|how)\b", re.IGNORECASE
)
_CHANGE = re.compile(
    r"\bin[- ]?place\b|\b(?:modify|change|update|overwrite|save|assign|permanently|remove|delete|drop|add|replace|fill|rename|set"
    r"|convert|reset)\b",
    re.IGNORECASE,
)
Function = (ast.FunctionDef, ast.AsyncFunctionDef)


def aligned(source: str, question: str, variables: Collection[str]) -> tuple[str, tuple[Repair, ...]]:
    """`source` for `question`; `variables` are the notebook's, which a call may be given.

    A single function has the name that the question states. One that nobody asked for, and that the cell ends with, is
    called where each of its parameters is a variable or has a default. A variable that is changed in place at the end of the cell
    stays as it is where the question asks to be shown something. Values that follow one another at the end, of which a notebook
    shows the last alone, are shown together. Anything else is left alone.
    """
    tree = parsed(source)
    if tree is None:
        return source, ()
    functions = [node for node in tree.body if isinstance(node, Function)]
    if (together := shown_together(source, tree, variables)) is not None:
        reason = "A cell shows its last value alone: all of them are shown together."
        return together, (Repair("shown-together", reason, source, together),)
    if not functions and _SHOW.match(question) and not _CHANGE.search(question):
        return _shown(source, tree, variables)
    if len(functions) != 1:
        return source, ()
    (function,) = functions
    name = _name_in(question)
    if name and name != function.name and not _defines(tree, name):
        return _renamed(source, tree, function.name, name)
    if not _FUNCTION.search(question) and tree.body[-1] is function and isinstance(function, ast.FunctionDef):
        return _called(source, function, variables)
    return source, ()


def _name_in(question: str) -> str:
    found = {next(filter(None, match)) for match in _NAMED.findall(question)}
    return found.pop() if len(found) == 1 else ""


def _defines(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def _renamed(source: str, tree: ast.Module, old: str, new: str) -> tuple[str, tuple[Repair, ...]]:
    places = Places(source)
    edits = [
        Edit(places.start(node), places.end(node), new)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == old
    ]
    for node in tree.body:
        if isinstance(node, Function) and node.name == old:
            start = places.start(node)
            head = re.match(r"(?:async\s+)?def\s+", places.text(node))
            if head is None:
                return source, ()
            edits.append(Edit(start + len(head[0].encode()), start + len(head[0].encode()) + len(old.encode()), new))
    mended = places.replaced(edits)
    return mended, (Repair("asked-name", f"The function is called {new}, as was asked.", source, mended),)


def _called(source: str, function: ast.FunctionDef, variables: Collection[str]) -> tuple[str, tuple[Repair, ...]]:
    told = function.args
    positional = [*told.posonlyargs, *told.args]
    needed = positional[: len(positional) - len(told.defaults)]
    if told.vararg or told.kwarg or any(default is None for default in told.kw_defaults):
        return source, ()
    if not any(isinstance(node, ast.Return) and node.value is not None for node in ast.walk(function)):
        return source, ()
    if any(argument.arg not in variables for argument in needed):
        return source, ()
    call = f"{function.name}({', '.join(argument.arg for argument in needed)})"
    mended = f"{source.rstrip()}\n\n\n{call}"
    return mended, (
        Repair("called", "A function was written where its result was asked for: it is called.", source, mended),
    )


def _shown(source: str, tree: ast.Module, variables: Collection[str]) -> tuple[str, tuple[Repair, ...]]:
    """``df.drop(columns="a", inplace=True)`` at the end, or before a last ``df``, as the expression that shows the result."""
    body = tree.body
    last = body[-1] if body else None
    then_named = isinstance(last, ast.Expr) and isinstance(last.value, ast.Name) and len(body) > 1
    changing = body[-2] if then_named else last
    if not isinstance(changing, ast.Expr) or not isinstance(changing.value, ast.Call):
        return source, ()
    call = changing.value
    keyword = in_place(call)
    changed = call.func.value if isinstance(call.func, ast.Attribute) else None
    if keyword is None or not isinstance(changed, ast.Name) or changed.id not in variables:
        return source, ()
    places = Places(source)
    edits = [places.without_keyword(call, keyword)]
    if then_named and isinstance(last, ast.Expr) and isinstance(last.value, ast.Name):
        if last.value.id != changed.id:
            return source, ()
        edits.append(Edit(places.end(changing), places.end(last), ""))
    mended = places.replaced(edits)
    reason = f"The result is shown, and {changed.id} stays as it is: nobody asked to change it."
    return mended, (Repair("shown", reason, source, mended),)
