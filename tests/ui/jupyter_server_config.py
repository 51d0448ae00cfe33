"""The server of the browser tests: everything is real but, with the engine `scripted`, the model."""

import os
from pathlib import Path

from jupyter_qwen.demo.demo_folder import build_demo

c = get_config()  # noqa: F821 - given by Jupyter

folder = Path(os.environ["QWEN_UI_FOLDER"])
c.ServerApp.port = int(os.environ["QWEN_UI_PORT"])
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.root_dir = str(folder / "root")
c.IdentityProvider.token = os.environ["QWEN_UI_TOKEN"]
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"

c.QwenExtension.engine = os.environ["QWEN_UI_ENGINE"]
c.QwenExtension.share_engine = False  # a test that ends its engine must not end another one's
# what `jupyter qwen demo` tells the server that it becomes
c.QwenExtension.fresh_demo = build_demo(folder / "root" / "demo").digests
c.QwenExtension.threads_folder = str(folder / "threads")
if os.environ["QWEN_UI_ENGINE"] == "scripted":
    c.QwenExtension.script = str(Path(__file__).parent / "script.json")
