"""The configuration that docs/howto/jupyterhub.md shows is one that the extension understands."""

from __future__ import annotations

import json
import re
from pathlib import Path

from traitlets.config import Config

from jupyter_qwen.server.app import QwenExtension

GUIDE = (Path(__file__).parents[2] / "docs" / "howto" / "jupyterhub.md").read_text(encoding="utf-8")


def test_example_names_traits_and_settings_that_exist() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    values = json.loads(example)["QwenExtension"]
    extension = QwenExtension(config=Config({"QwenExtension": values}))
    for name, value in values.items():
        assert getattr(extension, name) == value, name
    assert extension.administration.unknown() == []


def test_every_trait_and_setting_in_the_text_exists() -> None:
    from jupyter_qwen.server.settings import BUILT_IN

    known = {*QwenExtension.class_trait_names(), *BUILT_IN}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+|inline[A-Z]\w+|send[A-Z]\w+)(?::[^`]*)?`", GUIDE))
    assert {"endpoint_questions", "sendCells", "max_privacy"} <= named
    assert named - {"jupyter_server_config"} <= known
