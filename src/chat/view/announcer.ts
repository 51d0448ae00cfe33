/**
 * Tells screen readers about a streamed answer in sentences, not in letters.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Answer } from '../answer';
import { splitSegments } from './segments';

/** Often enough to follow, seldom enough to be heard to the end. */
const EVERY_MS = 4000;

export class Announcer {
  constructor(private readonly _trans: TranslationBundle) {
    this.node = document.createElement('div');
    this.node.className = 'jp-Qwen-live';
    this.node.setAttribute('aria-live', 'polite');
    this.node.setAttribute('role', 'log');
  }

  readonly node: HTMLElement;

  follow(answer: Answer): void {
    let told = 0;
    let last = 0;
    let ended = false;
    const listen = () => {
      const text = readable(answer.markdown, this._trans);
      if (answer.running) {
        const end = lastSentenceEnd(text);
        if (end > told && Date.now() - last > EVERY_MS) {
          this._say(text.slice(told, end));
          told = end;
          last = Date.now();
        }
        return;
      }
      if (!ended) {
        ended = true;
        answer.changed.disconnect(listen);
        this._say(`${text.slice(told)} ${this._outcome(answer)}`);
      }
    };
    answer.changed.connect(listen);
  }

  private _outcome(answer: Answer): string {
    const trans = this._trans;
    switch (answer.state) {
      case 'stopped':
        return trans.__('Stopped.');
      case 'failed':
        return ''; // the alert says it
      default:
        return [
          ...answer.blocks.flatMap(block =>
            block.verdict ? [trans.__('SQL %1.', block.verdict)] : []
          ),
          trans.__('Answer complete.')
        ].join(' ');
    }
  }

  private _say(text: string): void {
    const line = document.createElement('div');
    line.textContent = text.trim();
    this.node.append(line);
    while (this.node.childElementCount > 3) {
      this.node.firstElementChild?.remove();
    }
  }
}

/** Prose as it is; code is announced, not read out. */
function readable(markdown: string, trans: TranslationBundle): string {
  return splitSegments(markdown)
    .map(segment =>
      segment.kind === 'prose'
        ? segment.text
        : trans.__('Code block: %1.', segment.language || trans.__('code'))
    )
    .join('\n');
}

function lastSentenceEnd(text: string): number {
  const matches = Array.from(text.matchAll(/[.!?:]\s/g));
  const last = matches[matches.length - 1];
  return last ? (last.index ?? 0) + last[0].length : 0;
}
