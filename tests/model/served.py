"""What the tests know of the server with the real model."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Served:
    """Where the server listens; `environment` is what a kernel needs in order to find it."""

    url: str
    token: str
    environment: dict[str, str]
