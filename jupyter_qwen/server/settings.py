"""One configuration for panel, completion and magic: the user's settings as JupyterLab keeps them, between the administrator's
defaults and the administrator's locks."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jupyter_server.serverapp import ServerApp

SETTINGS_FILE = "jupyter_qwen/plugin.jupyterlab-settings"

# What the settings editor shows and the front end imports: names, kinds, defaults and limits stand there and nowhere else.
LIST: Mapping[str, Mapping[str, Any]] = json.loads(
    (resources.files("jupyter_qwen") / "settings" / "plugin.json").read_text(encoding="utf-8")
)["properties"]
BUILT_IN: Mapping[str, Any] = {name: listed["default"] for name, listed in LIST.items()}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Administration:
    """What the administrator wishes: defaults other than the built-in ones, and names of settings that nobody may change."""

    defaults: Mapping[str, Any] = field(default_factory=dict)
    locked: Collection[str] = ()

    def unknown(self) -> list[str]:
        """Names that are no settings, for a warning: a lock with a spelling mistake locks nothing."""
        return sorted({*self.defaults, *self.locked} - set(BUILT_IN))

    def for_page(self) -> str:
        """For the page configuration: what `readAdministration` of the front end reads."""
        return json.dumps({"defaults": dict(self.defaults), "locked": sorted(self.locked)})

    def effective(self, user: Mapping[str, Any]) -> dict[str, Any]:
        """Every setting's value: built in, then the administrator's, then the user's where nothing is locked.

        Values that the list does not allow are left out: the file is edited by hand.
        """
        values = {**BUILT_IN, **_fitting(self.defaults)}
        values.update({name: value for name, value in _fitting(user).items() if name not in self.locked})
        return values


def _fitting(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in LIST and _fits(value, LIST[name])}


def _fits(value: Any, listed: Mapping[str, Any]) -> bool:
    return (
        type(value) is type(listed["default"])
        and value in listed.get("enum", (value,))
        and not ("minimum" in listed and value < listed["minimum"])
        and not ("maximum" in listed and value > listed["maximum"])
    )


def user_settings(folder: str | Path) -> dict[str, Any]:
    """What the user has set in JupyterLab's settings editor; nothing when there is no such file, or one that cannot be read.

    The file is read again when it has changed, so that whoever works unasked may ask every time.
    """
    path = Path(folder) / SETTINGS_FILE
    try:
        found = path.stat()
    except FileNotFoundError:
        return {}
    except OSError as error:
        log.warning("jupyter_qwen: %s cannot be read (%s)", path, error)
        return {}
    return dict(_read(path, found.st_mtime_ns, found.st_ctime_ns, found.st_size))


@lru_cache(maxsize=4)
def _read(path: Path, *state: int) -> dict[str, Any]:
    try:
        data = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        log.warning("jupyter_qwen: %s cannot be read (%s)", path, error)
        return {}
    return data if isinstance(data, dict) else {}


def _parsed(text: str) -> Any:
    """JSON with comments, as JupyterLab writes it. Raises ValueError."""
    try:
        return json.loads(text)
    except ValueError as error:
        try:
            import json5  # comes with JupyterLab, which wrote the file
        except ImportError:
            raise ValueError("it is not plain JSON, and JupyterLab's json5 is not installed here") from error
        return json5.loads(text)


def settings_folder(serverapp: ServerApp) -> Path:
    """Where the front ends of this server keep settings: as they are configured, else where JupyterLab keeps them."""
    apps = serverapp.extension_manager.extension_apps
    for name in ("jupyterlab", "notebook"):
        for app in apps.get(name, ()):
            if folder := getattr(app, "user_settings_dir", ""):
                return Path(folder)
    return Path(serverapp.config_dir) / "lab" / "user-settings"
