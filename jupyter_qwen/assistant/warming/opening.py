"""The first prompt about a notebook that is about to be opened, processed while its page loads.

Nothing of the notebook runs: its tables are those that its cells would load, read from their files (`assistant/loadable.py`), and
a prompt says the same of them before and after the cells ran.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from jupyter_qwen.assistant.ask import UNASKED, likeliest, warm
from jupyter_qwen.assistant.failures import EXPECTED
from jupyter_qwen.assistant.question import Question
from jupyter_qwen.assistant.services import Services


async def prepare_opening(question: Question, services: Services) -> bool:
    """Load the model and begin to process what the first question in its likeliest mode will begin with; whether that began.

    `question` holds the notebook's cells and the tables that they would load. Nobody asked for it: what fails is the status's to
    tell.
    """
    with suppress(*EXPECTED):
        await services.engines.engine()
        return await warm(replace(question, text=UNASKED, mode=likeliest(question)[0]), services)
    return False
