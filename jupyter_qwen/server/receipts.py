"""The route of receipts. The data are in the kernel, so a receipt is put together in rounds: what is still to be asked goes
out as probes, and comes back answered; the server keeps nothing in between."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from jupyter_server.auth.decorator import authorized
from tornado import web

from jupyter_qwen.server.handlers import QwenHandler


class ReceiptHandler(QwenHandler):
    """One round of a receipt: the probes that are wanted, or the receipt."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        runtime = await self.runtime()
        body = self.body()
        privacy = runtime.allowed_privacy(body.get("privacy"))
        self.finish(await asyncio.to_thread(next_round, body, privacy))


def next_round(body: Mapping[str, Any], privacy: str) -> dict[str, Any]:
    """What docs/reference/protocol.md says of ``POST receipt``. Raises BadRequest."""
    from jupyter_qwen.assistant.question import BadRequest
    from jupyter_qwen.schema.collector.source import probe_expression
    from jupyter_qwen.schema.privacy import allows
    from jupyter_qwen.trust.receipt.computing import advance
    from jupyter_qwen.trust.receipt.localised_receipt import localised_receipt
    from jupyter_qwen.trust.receipt.model import Receipt
    from jupyter_qwen.trust.receipt.of_cell import CellQuery, query_of
    from jupyter_qwen.trust.receipt.on_connection import CONSENT_SECONDS, UNASKED_SECONDS

    answers, consent = body.get("answers") or {}, body.get("consent") is True
    if not isinstance(answers, Mapping) or not all(isinstance(answer, Mapping) for answer in answers.values()):
        raise BadRequest("answers must be an object of objects.")
    sql, connection = body.get("sql"), body.get("connection")
    language = body.get("language") or "python"
    sources, spent = body.get("sources") or [], body.get("spent") or 0
    if connection is not None and not isinstance(connection, str):
        raise BadRequest("connection must be a text.")
    locale = body.get("locale") or "en"
    if not isinstance(locale, str):
        raise BadRequest("locale must be a text.")
    if not isinstance(spent, int | float) or spent < 0:
        raise BadRequest("spent must be the seconds that the rounds before took.")
    if not isinstance(sources, list) or not all(isinstance(source, str) for source in sources):
        raise BadRequest("sources must be a list of texts.")
    if isinstance(sql, str) and sql.strip():
        found: CellQuery | None = CellQuery(sql, connection)
    else:
        found = next((one for source in reversed(sources) if (one := query_of(source, str(language)))), None)
    if found is None:
        raise BadRequest(
            "There is no SQL and no merge of two named frames here.",
            hint="A receipt is of a SQL cell, of con.sql(\"…\") with the query as one text, or of left.merge(right, on=…).",
            code="no-query",
        )  # fmt: skip
    result = advance(found.sql, answers, consent=consent, values=allows(privacy, "values"))
    if isinstance(result, Receipt):
        result = localised_receipt(result, locale)
        told = result.to_json()
        for warning in told["warnings"]:
            warning["cell"] = found.with_query(warning["mend"]) if warning["mend"] else ""
        return {"receipt": told, "text": str(result), "html": result._repr_html_()}
    seconds = max(0.0, (CONSENT_SECONDS if consent else UNASKED_SECONDS) - spent)
    return {
        "probes": list(result),
        "connection": connection or found.connection,
        "seconds": seconds,
        "expression": probe_expression(connection or found.connection, list(result), seconds, by_clock=consent),
    }
