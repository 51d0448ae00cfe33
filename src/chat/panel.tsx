/**
 * The panel: the model's state on top, the conversation below. The conversation's code is loaded when it is first shown, so that
 * the application's start does not pay for it.
 */
import { ReactWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Message } from '@lumino/messaging';
import { Panel, Widget } from '@lumino/widgets';
import * as React from 'react';

import { qwenIcon } from '../icons';
import type { ICompletionManner } from '../model/resting';
import type { ModelStatus } from '../model/status';
import { StatusView } from '../model/view';
import { Announcer } from './view/announcer';

/** What a sidebar of JupyterLab is wide before anyone drags it. */
const DEFAULT_SIDEBAR_PIXELS = 250;
const COMFORTABLE_PIXELS = 360;

/** The part that is loaded late. */
export interface IPanelBody {
  readonly widget: Widget;
  focusInput(): void;
}

export class QwenPanel extends Panel {
  constructor(options: {
    completion: ICompletionManner;
    status: ModelStatus;
    trans: TranslationBundle;
    load: () => Promise<IPanelBody>;
  }) {
    super();
    const { completion, status, trans } = options;
    this._load = options.load;
    this.id = 'jupyter_qwen-chat';
    this.addClass('jp-Qwen-panel');
    this.title.icon = qwenIcon;
    this.title.caption = trans.__('Qwen Assistant');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Qwen Assistant'));

    const header = ReactWidget.create(
      <StatusView completion={completion} status={status} trans={trans} />
    );
    header.addClass('jp-Qwen-header');
    this.addWidget(header);
    this.announcer = new Announcer(trans);
    this.addWidget(new Widget({ node: this.announcer.node }));
  }

  readonly announcer: Announcer;

  /** Put the cursor into the input. */
  async focusInput(): Promise<void> {
    (await this._open()).focusInput();
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    if (this.isVisible) {
      void this._open();
    }
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this._open();
  }

  protected override onResize(msg: Widget.ResizeMessage): void {
    super.onResize(msg);
    if (!this._seen && this.isVisible && this.node.offsetWidth > 0) {
      this._seen = true;
      this._makeRoom();
    }
  }

  private async _open(): Promise<IPanelBody> {
    this._body ??= this._load();
    try {
      const body = await this._body;
      if (body.widget.parent !== this) {
        this.insertWidget(1, body.widget);
      }
      return body;
    } catch (error) {
      this._body = null; // showing the panel again tries again
      throw error;
    }
  }

  /** Code needs more width than sidebars start with; whoever chose a width of their own keeps it. */
  private _makeRoom(): void {
    if (Math.abs(this.node.offsetWidth - DEFAULT_SIDEBAR_PIXELS) > 2) {
      return;
    }
    this.node.style.minWidth = `${COMFORTABLE_PIXELS}px`;
    this.parent?.fit();
    setTimeout(() => {
      this.node.style.minWidth = '';
      this.parent?.fit();
    });
  }

  private readonly _load: () => Promise<IPanelBody>;
  private _body: Promise<IPanelBody> | null = null;
  private _seen = false;
}
