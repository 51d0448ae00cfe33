"""The server extension: traits for administrators, routes, and nothing heavy before the first request."""

from __future__ import annotations

import asyncio
import gc
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jupyter_server.extension.application import ExtensionApp
from traitlets import Bool, Dict, Enum, Float, Int, List, TraitError, Unicode, validate

from jupyter_qwen.server.demo import FreshDemo
from jupyter_qwen.server.routes import ROUTES
from jupyter_qwen.server.settings import Administration, settings_folder, user_settings

if TYPE_CHECKING:
    from jupyter_qwen.server.runtime import Runtime

STATUS_SCHEMA = "https://events.jupyter.org/jupyter_qwen/status/v1"


class QwenExtension(ExtensionApp):
    """Configured as ``c.QwenExtension.<trait>`` in jupyter_server_config.py or ``--QwenExtension.<trait>=…``."""

    name = "jupyter_qwen"
    load_other_extensions = True

    engine = Enum(
        ["auto", "llama", "transformers", "openai", "scripted"],
        default_value="auto",
        help="Which engine answers. auto picks by device, memory and what is on disk; `jupyter qwen doctor` explains it.",
    ).tag(config=True)
    model = Unicode(
        "",
        help="Model: a name from `jupyter qwen model list`, the path of a GGUF file or of a folder with safetensors. "
        "Empty: the default model.",
    ).tag(config=True)
    context_tokens = Int(
        0, help="Context length in tokens; 0 lets the machine's memory decide. Prompts may use what is set here."
    ).tag(config=True)
    threads = Int(0, help="CPU threads of the engine; 0 takes the cores that this process may use.").tag(config=True)
    llama_server = Unicode(
        "",
        help="Path of a llama-server (llama.cpp) that the llama engine shall be, built for this processor or graphics card. "
        "auto, or empty: one that is here and was measured 1.2 times as fast; none: the llama.cpp that comes with the package.",
    ).tag(config=True)
    idle_minutes = Float(30.0, help="Unload the model after so many idle minutes; 0 keeps it loaded.").tag(config=True)
    load_on_start = Bool(True, help="Load the model when a front end first connects, not at the first question.").tag(
        config=True
    )
    allow_model_switch = Bool(
        True, help="Whether users may switch the model, its context length and its engine from the panel."
    ).tag(config=True)
    share_engine = Bool(
        True, help="Let all Jupyter servers of one user on one machine use one engine process: one model in memory."
    ).tag(config=True)
    endpoint_url = Unicode(
        "", help="Base URL of an OpenAI-compatible endpoint for the engine 'openai'. Prompts are sent there."
    ).tag(config=True)
    endpoint_model = Unicode("", help="Model name at that endpoint.").tag(config=True)
    endpoint_key_variable = Unicode(
        "JUPYTER_QWEN_API_KEY", help="Environment variable that holds the endpoint's key; keys never stand in a config."
    ).tag(config=True)
    endpoint_questions = Int(
        0,
        help="Questions that one user's server may ask of the endpoint at once, with one completion beside them; more wait their "
        "turn. 0: no limit. For a class on one endpoint.",
    ).tag(config=True)
    max_privacy = Enum(
        ["names", "types", "values", "samples"],
        default_value="samples",
        help="The most that may leave a kernel: names, types, low-cardinality values, sample rows.",
    ).tag(config=True)
    choice_seconds = Float(
        6.0,
        help="What repair and further candidates may add to a SQL answer: seconds of a machine that writes 30 tokens in each, so "
        "that the answer does not depend on how busy yours is.",
    ).tag(config=True)
    warming_share = Float(
        0.5,
        help="How much of every minute the engine may work unasked, so that a question about a notebook starts at once; "
        "0 for never. It rests on a battery and whenever somebody waits for an answer.",
    ).tag(config=True)
    try_python = Bool(
        True,
        help="Try Python that the model wrote before it is shown: on copies of sample rows, in a process that the operating "
        "system locks (docs/explanation/python.md). False: it is shown untried.",
    ).tag(config=True)
    script = Unicode("", help="Script of the engine 'scripted' (tests and demonstrations).").tag(config=True)
    models_folder = Unicode("", help="Where weights are kept. Empty: the user's cache folder.").tag(config=True)
    threads_folder = Unicode("", help="Where conversations are kept. Empty: the user's data folder.").tag(config=True)
    default_settings = Dict(
        help="Defaults of the settings in JupyterLab's editor, for every user: {'privacy': 'types', 'sendCells': False}."
    ).tag(config=True)
    locked_settings = List(
        Unicode(),
        help="Names of settings that users cannot change, such as ['privacy']: they keep the default. "
        "max_privacy bounds what requests may hold, whoever sends them.",
    ).tag(config=True)
    open_panel = Bool(False, help="Open the sidebar when JupyterLab starts.").tag(config=True)

    opens = Unicode(
        "",
        help="A notebook that is about to be opened: what a first question about it begins with is processed while its page "
        "loads. `jupyter qwen lab` and `demo` set it.",
    ).tag(config=True)
    fresh_demo = Dict(
        help="Notebooks that `jupyter qwen demo` has just made, by absolute path, with their SHA-256: each loads its tables by "
        "itself when it is first opened, as long as it is byte for byte what was made. The command sets it."
    ).tag(config=True)

    @validate("warming_share")
    def _share(self, proposal: Any) -> float:
        if not 0 <= proposal["value"] <= 1:
            raise TraitError(f"warming_share is {proposal['value']}; it is a share, from 0 to 1.")
        return float(proposal["value"])

    _runtime: asyncio.Task[Runtime] | None = None
    _loop: asyncio.AbstractEventLoop | None = None

    def initialize_settings(self) -> None:
        """Hand the routes a way to the services, and register the status event."""
        self.settings["jupyter_qwen_runtime"] = self.runtime
        assert self.serverapp is not None
        page_config = self.serverapp.web_app.settings.setdefault("page_config_data", {})
        page_config["qwenOpenPanel"] = "true" if self.open_panel else "false"
        if unknown := self.administration.unknown():
            self.log.warning("jupyter_qwen: no such settings: %s", ", ".join(unknown))
        page_config["qwenSettings"] = self.administration.for_page()
        self.settings["jupyter_qwen_settings"] = self.effective_settings
        self.settings["jupyter_qwen_demo"] = FreshDemo(self.fresh_demo, self.serverapp.root_dir)
        if self.opens:
            self.serverapp.io_loop.add_callback(self._prepare)  # once the server runs
        assert self.serverapp.event_logger is not None
        self.serverapp.event_logger.register_event_schema(Path(__file__).parent / "events" / "status.yaml")

    @property
    def administration(self) -> Administration:
        """What the administrator wishes of the settings."""
        return Administration(defaults=self.default_settings, locked=frozenset(self.locked_settings))

    def effective_settings(self) -> dict[str, Any]:
        """Every setting's value now, for those who have no settings editor: the magic, and what the server does unasked."""
        assert self.serverapp is not None
        return self.administration.effective(user_settings(settings_folder(self.serverapp)))

    def initialize_handlers(self) -> None:
        """Mount every route under the server's base URL."""
        self.handlers.extend(ROUTES)

    async def _prepare(self) -> None:
        try:
            runtime = await self.runtime()
            await runtime.prepare(Path(self.opens), self.effective_settings())
        except (OSError, ValueError) as error:
            self.log.info("jupyter_qwen: %s is not prepared: %s", self.opens, error)

    async def runtime(self) -> Runtime:
        """The services, built once and in a thread: their imports take a third of a second."""
        if self._runtime is None or (self._runtime.done() and self._runtime.exception() is not None):
            # a start that failed (a package half installed, say) is tried again rather than remembered
            self._runtime = asyncio.create_task(self._start())
        return await asyncio.shield(self._runtime)

    async def _start(self) -> Runtime:
        def build() -> Runtime:
            runtime = self._configured()
            # A full collection walks the server's half a million lasting objects and stops every stream for 0.15 to 0.3 s;
            # streaming makes one due every few seconds. Frozen, what is loaded by now is left out of it.
            gc.freeze()
            return runtime

        self._loop = asyncio.get_running_loop()
        runtime = await asyncio.to_thread(build)
        await runtime.start()
        return runtime

    def _configured(self) -> Runtime:
        """The services as the administrator wants them. Empty text and 0 mean "let the machine decide"."""
        from jupyter_qwen.assistant.answer_limits import AnswerLimits
        from jupyter_qwen.engine.config import EngineConfig, EngineName
        from jupyter_qwen.schema.model import PrivacyLevel
        from jupyter_qwen.server.locks import Locks
        from jupyter_qwen.server.runtime import Runtime

        config = EngineConfig(
            engine=cast("EngineName", self.engine),
            model=self.model or None,
            context_tokens=self.context_tokens or None,
            threads=self.threads or None,
            llama_server=self.llama_server or None,
            idle_minutes=self.idle_minutes,
            openai_base_url=self.endpoint_url or None,
            openai_key=os.environ.get(self.endpoint_key_variable),
            openai_model=self.endpoint_model or None,
            openai_questions=self.endpoint_questions or None,
            script=self.script or None,
            models_folder=self.models_folder or None,
            share=self.share_engine,
        )
        return Runtime(
            config,
            limits=AnswerLimits(choice_seconds=self.choice_seconds),
            threads_folder=Path(self.threads_folder) if self.threads_folder else None,
            root_dir=self.serverapp.root_dir if self.serverapp is not None else "",
            max_privacy=cast("PrivacyLevel", self.max_privacy),
            load_on_start=self.load_on_start,
            allow_model_switch=self.allow_model_switch,
            warming_share=self.warming_share,
            try_python=self.try_python,
            locks=Locks(self.administration),
            reads_files=not self._kernels_elsewhere(),
            prepares=lambda: bool(self.effective_settings()["prepareWhileIdle"]),
            on_status=self.emit_status,
            log=self.log,
        )

    def _kernels_elsewhere(self) -> bool:
        """Whether kernels run behind a gateway, on a machine whose files are others."""
        gateway = getattr(self.serverapp, "gateway_config", None)
        return bool(gateway is not None and gateway.gateway_enabled)

    def emit_status(self, status: dict[str, Any]) -> None:
        """Send a status to everyone who listens for events. May be called from any thread."""
        assert self.serverapp is not None
        assert self.serverapp.event_logger is not None
        assert self._loop is not None
        emit = partial(self.serverapp.event_logger.emit, schema_id=STATUS_SCHEMA, data=status)
        self._loop.call_soon_threadsafe(emit)

    async def stop_extension(self) -> None:
        """Called when the server stops: the child process ends with it."""
        if self._runtime is not None and self._runtime.done() and self._runtime.exception() is None:
            await self._runtime.result().aclose()
