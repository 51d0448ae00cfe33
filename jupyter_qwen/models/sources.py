"""Where weights come from, in the order in which the store tries them.

Every source appends to one partial file, so that a download begun from one source can be finished from another: the bytes
are the same, and the digest of the whole decides. `append` raises SourceUnavailable with the reason when it cannot go on.
"""

from __future__ import annotations

import contextlib
import functools
import os
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import httpx

from jupyter_qwen.models.entries import GgufFile
from jupyter_qwen.models.errors import PullCancelled, SourceUnavailable

CONNECT_TIMEOUT_SECONDS = 4.0
READ_TIMEOUT_SECONDS = 30.0


@dataclass(frozen=True)
class Fetch:
    """What a source needs to know: the file wanted, the partial file to append to, and whom to tell.

    `on_bytes(done, total)` hears bytes that lie in `partial` or are on their way; `total` is 0 while unknown.
    """

    file: GgufFile
    partial: Path
    on_bytes: Callable[[int, int], None]
    cancelled: Callable[[], bool]

    def check_cancelled(self) -> None:
        """Raise PullCancelled when the user pressed Stop."""
        if self.cancelled():
            raise PullCancelled("The download was stopped.", "Start it again: it goes on where it stopped.")


class WeightSource(Protocol):
    """One place that may have the file."""

    @property
    def name(self) -> str: ...

    def append(self, fetch: Fetch) -> str | None:
        """Bring `fetch.partial` to its full length; the digest that the source states for it, if it states one.

        Raises SourceUnavailable or PullCancelled; bytes already appended stay.
        """
        ...


class HubSource:
    """The Hugging Face Hub, or whatever HF_ENDPOINT names. Streams with Range requests, so it resumes at any byte."""

    name = "Hugging Face Hub"

    def append(self, fetch: Fetch) -> str | None:
        from huggingface_hub import constants, hf_hub_url

        file = fetch.file
        if file.repo is None:
            raise SourceUnavailable("no repository on the Hub is known for this file")
        if constants.HF_HUB_OFFLINE:
            raise SourceUnavailable("HF_HUB_OFFLINE is set")
        url = hf_hub_url(file.repo, file.name, revision=file.revision, endpoint=hub_endpoint())
        with hub_client() as client, told(url):
            return self._stream(client, url, fetch)

    def _stream(self, client: httpx.Client, url: str, fetch: Fetch) -> str | None:
        done = fetch.partial.stat().st_size if fetch.partial.exists() else 0
        wanted = fetch.file.bytes
        if wanted is not None and done == wanted:
            return None
        if wanted is not None and done > wanted:
            done = 0
        # identity: a compressed transfer would make byte offsets meaningless
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={done}-"} if done else {})
        with client.stream("GET", url, headers=headers) as response:
            if response.status_code == 416 and done:
                return _stated_digest(response)
            if response.status_code not in (200, 206):
                raise SourceUnavailable(f"{httpx.URL(url).host} answered {response.status_code} for {fetch.file.name}")
            if response.status_code == 200:
                done = 0
            elif not response.headers.get("content-range", f"bytes {done}-").startswith(f"bytes {done}-"):
                raise SourceUnavailable(
                    f"{httpx.URL(url).host} sent another part of {fetch.file.name} than was asked for"
                )
            total = wanted or done + _stated_length(response)
            if not total:
                raise SourceUnavailable(f"{httpx.URL(url).host} does not say how large {fetch.file.name} is")
            with fetch.partial.open("ab" if done else "wb") as out:
                # Blocks as they come: collecting them to a size would lose the last one when the line breaks.
                for block in response.iter_raw():
                    if done + len(block) > total:
                        raise SourceUnavailable(
                            f"{fetch.file.name} is longer than the {total:,} bytes that were declared"
                        )
                    out.write(block)
                    done += len(block)
                    fetch.on_bytes(done, total)
                    fetch.check_cancelled()
            if done < total:
                raise SourceUnavailable(f"the connection ended after {done:,} of {total:,} bytes")
            return _stated_digest(response)


def hub_endpoint() -> str:
    """The Hub's address, or what HF_ENDPOINT names now (huggingface_hub reads it only when it is imported)."""
    from huggingface_hub import constants

    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def hub_client() -> httpx.Client:
    """A client for the Hub, with the user's token when there is one."""
    from huggingface_hub import get_token

    token = get_token()
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = httpx.Timeout(READ_TIMEOUT_SECONDS, connect=CONNECT_TIMEOUT_SECONDS)
    return httpx.Client(timeout=timeout, follow_redirects=True, headers=headers, verify=_certificates())


@functools.lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Reading them takes longer than a small file's whole transfer, so every client of this process shares them."""
    return httpx.create_ssl_context()


@contextlib.contextmanager
def told(url: str) -> Iterator[None]:
    """Turns the network's failures into SourceUnavailable with the host's name."""
    host = httpx.URL(url).host
    try:
        yield
    except httpx.TimeoutException as error:
        raise SourceUnavailable(f"{host} does not answer") from error
    except (httpx.RemoteProtocolError, httpx.ReadError) as error:
        raise SourceUnavailable(f"the connection to {host} broke ({error})") from error
    except httpx.TransportError as error:
        raise SourceUnavailable(f"{host} cannot be reached ({error})") from error


def _stated_length(response: httpx.Response) -> int:
    """Bytes that are to come, as the server states them; 0 when it does not."""
    stated = response.headers.get("content-length", "")
    return int(stated) if stated.isascii() and stated.isdigit() else 0


def _stated_digest(response: httpx.Response) -> str | None:
    """The SHA-256 that the Hub states for an LFS file (`X-Linked-Etag` on the redirect), or ``None``."""
    for step in (*response.history, response):
        etag = step.headers.get("x-linked-etag", "").strip('"')
        if len(etag) == 64 and all(char in "0123456789abcdef" for char in etag):
            return str(etag)
    return None


def cached_on_hub(file: GgufFile) -> Path | None:
    """The file in the user's Hugging Face cache, if some other program put it there. No network."""
    if file.repo is None:
        return None
    from huggingface_hub import try_to_load_from_cache

    found = try_to_load_from_cache(file.repo, file.name)
    return Path(found) if isinstance(found, str) and Path(found).is_file() else None
