"""``python -m jupyter_qwen.cli``: the same as ``jupyter qwen``, for where the script is not on PATH."""

from __future__ import annotations

import sys

from jupyter_qwen.cli import main

sys.exit(main())
