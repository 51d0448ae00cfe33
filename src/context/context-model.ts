/**
 * The context of the next question: candidates, chips, counted tokens, and the texts of what was added.
 */
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { Debouncer } from '@lumino/polling';
import { ISignal, Signal } from '@lumino/signaling';

import { isAbort } from '../failures';
import type { ModelStatus } from '../model/status';
import { QwenClient } from '../request';
import type { IAttachment, ICell, IPromptView, Mode } from '../wire';
import { allCells, lastFailed } from './cells';
import { Counts, IChip, chipsOf } from './chips';
import { Chosen, chosenOf } from './chosen';
import { FileRefused, NotebookFiles } from './files';
import { ContextGatherer, tablesOf } from './gather';
import {
  ICandidate,
  candidatesOf,
  findCandidate,
  mentionsIn,
  withoutMarks
} from './mentions';
import type { ContextSelection, ICurrentConversation } from './selection';

/** Counting is not worth a request at every key. */
const PAUSE_MS = 500;

/** Stands for a question that is still to be typed. */
const UNASKED = '?';

export class ContextModel {
  constructor(
    private readonly _client: QwenClient,
    readonly gatherer: ContextGatherer,
    private readonly _status: ModelStatus,
    private readonly _conversations: ICurrentConversation,
    private readonly _tracker: INotebookTracker | null,
    private readonly _files: NotebookFiles | null,
    /** Reads the command in front of a question. */
    private readonly _parse: (text: string) => { mode: Mode; question: string }
  ) {
    this._debouncer = new Debouncer(() => this._count(), PAUSE_MS);
    const outdated = () => this.outdated();
    gatherer.tablesChanged.connect(outdated);
    _conversations.currentChanged.connect(() => {
      this._followSelection();
      outdated();
    });
    _status.changed.connect(() => {
      // Other states change by the second while a model is fetched.
      if (_status.current?.state !== this._state) {
        this._state = _status.current?.state;
        outdated();
      }
    });
    _tracker?.activeCellChanged.connect(outdated);
    this._followSelection();
  }

  /** Chips, counts or texts are others now. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get selection(): ContextSelection {
    return this._conversations.current.selection;
  }

  get panel(): NotebookPanel | null {
    return this._tracker?.currentWidget ?? null;
  }

  /** Why the last file that was named cannot be sent. */
  get refused(): FileRefused | null {
    return this._refused;
  }

  /** What the next question will carry. */
  chips(): IChip[] {
    const notebook = this.panel?.content.model ?? null;
    const view = this.gatherer.glance(this.panel, this._activeCell);
    const all = this._cells();
    const failed = notebook ? lastFailed(notebook) : null;
    return chipsOf({
      tables: tablesOf(view.schema),
      cells: view.cells,
      places: new Map(all.map((cell, index) => [cell.id, index])),
      failed:
        view.cells.find(
          cell => failed && cell.id === failed.id && cell.error
        ) ?? null,
      selection: this.selection,
      counts: this._counts,
      changed: this.gatherer.changedTables(this.panel)
    });
  }

  /** Tokens of the whole prompt as last counted; null while that is not known. */
  get promptTokens(): number | null {
    return this._promptTokens;
  }

  /** Everything that can be named now. */
  async candidates(): Promise<ICandidate[]> {
    const { panel } = this;
    const files = panel && (await this._files?.beside(panel.context.path));
    const notebook = this.panel?.content.model;
    const failed = notebook ? lastFailed(notebook) : null;
    const cells = this._cells();
    this._candidates = candidatesOf({
      tables: tablesOf(this.gatherer.glance(this.panel, null).schema),
      cells,
      failed: cells.find(({ id }) => failed && id === failed.id) ?? null,
      files: files ?? []
    });
    return this._candidates;
  }

  /** The input has changed: count anew, and add what was named in full. */
  typed(text: string): void {
    if (!text.trim()) {
      this._handled = new Set();
      this._refused = null;
    }
    this._text = text;
    const complete = mentionsIn(text)
      .filter(mention => mention.complete)
      .map(({ name }) => name);
    const fresh = complete.filter(name => !this._handled.has(name));
    this._handled = new Set(complete);
    if (fresh.length) {
      void this._addNamed(fresh, this.selection);
    }
    void this._debouncer.invoke(); // what is known stays in view until it is counted anew
  }

  /** Add what a finished question names, and read what has to be read. The text comes back as the model is to read it. */
  async settle(text: string, selection: ContextSelection): Promise<string> {
    const names = mentionsIn(text).map(({ name }) => name);
    if (names.length) {
      await this.candidates();
      // What was taken out again after it was named stays out.
      const { _handled } = this;
      await this._addNamed(
        names.filter(name => !_handled.has(name)),
        selection
      );
    }
    return withoutMarks(text, this._candidates);
  }

  /** `include` and `exclude` of a request about `panel`. Raises FileRefused. */
  async chosen(
    selection: ContextSelection,
    panel: NotebookPanel | null
  ): Promise<Chosen> {
    return chosenOf(selection, this._cells(panel), this._files);
  }

  /** What the model would see if the question were sent now. Raises what the client raises. */
  async look(signal?: AbortSignal): Promise<IPromptView> {
    const { mode, question } = this._parse(this._text);
    const view = this.gatherer.glance(this.panel, this._activeCell);
    return this._client.context(
      {
        question: withoutMarks(question, this._candidates) || UNASKED,
        mode,
        thread: this._conversations.current.thread,
        language: view.language,
        cells: view.cells,
        active_cell: this._activeCell,
        schema: view.schema,
        connection: null,
        dialect: null,
        privacy: view.privacy,
        ...(await this.chosen(this.selection, this.panel))
      },
      signal
    );
  }

  /** Something that the prompt is made of has changed. */
  outdated(): void {
    this._counts = null;
    this._changed.emit();
    void this._debouncer.invoke();
  }

  /** Whether somebody looks: nothing is counted for nobody. */
  set watched(value: boolean) {
    this._watched = value;
    if (value) {
      this.outdated();
    } else {
      this._controller?.abort();
    }
  }

  dispose(): void {
    this._controller?.abort();
    this._debouncer.dispose();
  }

  /** Ask the server for the tokens of each source; estimates stay where it cannot say. Counting never loads the model. */
  private async _count(): Promise<void> {
    this._controller?.abort();
    if (
      !this._watched ||
      this._status.current?.state !== 'ready' ||
      this._conversations.current.running
    ) {
      return;
    }
    const controller = (this._controller = new AbortController());
    try {
      const view = await this.look(controller.signal);
      if (!controller.signal.aborted) {
        this._counts = new Map(
          view.sources.map(({ ref, tokens }) => [ref, tokens])
        );
        this._promptTokens = view.prompt_tokens;
        this._changed.emit();
      }
    } catch (error) {
      if (!isAbort(error)) {
        console.debug('jupyter_qwen: the context was not counted', error);
      }
    }
  }

  private async _addNamed(
    names: string[],
    selection: ContextSelection
  ): Promise<void> {
    const known = await this.candidates();
    for (const name of names) {
      const candidate = findCandidate(name, known);
      if (candidate) {
        await this._add(candidate.source, selection);
      }
    }
  }

  private async _add(
    source: IAttachment,
    selection: ContextSelection
  ): Promise<void> {
    if (source.kind !== 'file') {
      selection.add(source);
      return;
    }
    try {
      this._refused = null;
      const text = (await this._files?.read(source.id)) ?? '';
      selection.add({ ...source, text });
    } catch (error) {
      if (!(error instanceof FileRefused)) {
        throw error;
      }
      this._refused = error;
      this._changed.emit();
    }
  }

  /** All cells of the notebook, whatever goes along by itself. */
  private _cells(panel: NotebookPanel | null = this.panel): ICell[] {
    const notebook = panel?.content.model;
    return notebook ? allCells(notebook) : [];
  }

  private get _activeCell(): string | null {
    return this.panel?.content.activeCell?.model.id ?? null;
  }

  private _followSelection(): void {
    const { selection } = this;
    if (selection !== this._followed) {
      this._followed?.changed.disconnect(this.outdated, this);
      selection.changed.connect(this.outdated, this);
      this._followed = selection;
    }
  }

  private readonly _debouncer: Debouncer;
  private _watched = false;
  private _state: string | undefined;
  private _followed: ContextSelection | null = null;
  private _controller: AbortController | null = null;
  private _counts: Counts = null;
  private _promptTokens: number | null = null;
  private _text = '';
  private _candidates: ICandidate[] = [];
  /** Names in the input that were added already. */
  private _handled = new Set<string>();
  private _refused: FileRefused | null = null;
  private _changed = new Signal<this, void>(this);
}
