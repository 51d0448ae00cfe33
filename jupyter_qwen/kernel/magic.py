"""``%%qwen``: a question in a cell, the answer below it, the generated cell next. ``%qwen``: the model and the context."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class
from traitlets import Enum, Unicode

from .history import History
from .options import COMMANDS, COMPLETIONS, MODES, OPTIONS, parsed, with_options
from .server_errors import NoServer, ServerError

if TYPE_CHECKING:
    from .asking import Asking


@magics_class
class QwenMagics(Magics):
    """Ask the assistant. Configure with ``%config QwenMagics``."""

    privacy = Enum(
        ["", "names", "types", "values", "samples"],
        default_value="",
        help="What may leave the kernel. Empty: sample rows to this machine's own server, types to any other.",
    ).tag(config=True)
    insert = Enum(["next", "replace", "none"], default_value="next", help="Where generated cells go.").tag(config=True)
    url = Unicode("", help="URL of the Jupyter server that answers; empty: found by itself.").tag(config=True)
    token = Unicode("", help="Token of that server.").tag(config=True)

    def __init__(self, shell: Any) -> None:
        super().__init__(shell)
        self.ipython = shell
        self.history = History(shell)
        self._asking: Asking | None = None

    @line_cell_magic
    @with_options
    def qwen(self, line: str, cell: str | None = None) -> None:
        """Ask about your tables and code.

        ::

          %%qwen sql
          monthly revenue per product category in 2024

          %%qwen fix                       # the last error
          %%qwen sql --out top --tables orders,customers
          the ten best customers of {year}
        """
        asking = self._session()
        try:
            word, _, rest = line.strip().partition(" ")
            if cell is None and (not word or word in COMMANDS):
                self._run_command(word or "help", rest.strip())
            else:
                asking.ask(parsed(self.qwen, line), cell)
        except (NoServer, ServerError) as error:
            asking.forget_server()
            raise UsageError(f"%%qwen: {error}. {error.hint}".rstrip()) from error
        except KeyboardInterrupt:
            raise UsageError("%%qwen: stopped") from None

    def _run_command(self, name: str, rest: str) -> None:
        from .commands import run_command

        run_command(self._session(), name, rest)

    def model_names(self) -> list[str]:
        """The models that the server knows, once a server has been asked anything: completion does not start one."""
        return self._asking.model_names() if self._asking is not None else []

    def _session(self) -> Asking:
        """Everything behind the magic: imported at the first use, so that loading the extension stays cheap."""
        if self._asking is None:
            from .asking import Asking

            self._asking = Asking(self.ipython, self.history, self)
        return self._asking


def _complete(shell: Any, event: Any) -> list[str]:
    """Names of modes, options, option values, tables and models after ``%%qwen``."""
    words = event.line.split()
    last = words[-1] if event.line.endswith(" ") else (words[-2] if len(words) > 1 else "")
    if last in COMPLETIONS:
        return list(COMPLETIONS[last])
    if last == "--tables":
        from .request import table_names

        chosen, comma, _ = event.symbol.rpartition(",")
        return [chosen + comma + name for name in table_names(shell.user_ns)]
    if last in ("--connection", "--out"):
        return [name for name in shell.user_ns if not name.startswith("_")]
    if last == "--model" or (last in ("model", "pull") and event.line.lstrip("% ").startswith(f"qwen {last}")):
        magics = shell.magics_manager.registry.get("QwenMagics")
        return magics.model_names() if magics is not None else []
    if len(words) <= 2 and not event.symbol.startswith("-"):
        return [*MODES, *([] if event.line.lstrip().startswith("%%") else COMMANDS), *OPTIONS]
    return list(OPTIONS)


def register(shell: Any) -> None:
    """Make ``%%qwen`` and ``%qwen`` known to `shell`."""
    unregister(shell)
    magics = QwenMagics(shell)
    shell.register_magics(magics)
    shell.set_hook("complete_command", _complete, re_key=r"%{1,2}qwen\b")
    magics.history.start()


def unregister(shell: Any) -> None:
    """Forget both, and stop listening to the shell."""
    magics = shell.magics_manager.registry.pop("QwenMagics", None)
    if magics is not None:
        magics.history.stop()
    for kind in ("line", "cell"):
        shell.magics_manager.magics[kind].pop("qwen", None)
