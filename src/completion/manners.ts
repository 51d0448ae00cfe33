/**
 * When to complete without being asked: the user's switches, and what the machine can do.
 */
import { ISignal, Signal } from '@lumino/signaling';

import type { QwenSettings } from '../settings';
import type { IAdvice } from '../wire';
import type { ICodePlace } from './cursor';

/** What happens in a place while the user types there. */
export type Manner =
  'on' | 'resting' | 'manual' | 'off-language' | 'off-document' | 'off';

/** The pause before a request until the server has seen how this user types. */
const FIRST_PAUSE_MS = 150;

export class CompletionManners {
  constructor(private readonly _settings: QwenSettings) {
    _settings.changed.connect(() => this._changed.emit());
  }

  /** A switch was used, or the machine cannot keep up any more, or can again. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** What happens in `place`; `resting` means that the server finds itself too slow to be of use. */
  at(place: ICodePlace | null): Manner {
    const { values } = this._settings;
    if (!values.inlineCompletion) {
      return 'off';
    }
    if (
      place &&
      values.inlineCompletionDisabledDocuments.includes(place.path)
    ) {
      return 'off-document';
    }
    if (
      place?.language &&
      values.inlineCompletionDisabledLanguages.includes(place.language)
    ) {
      return 'off-language';
    }
    if (values.inlineCompletionManualOnly) {
      return 'manual';
    }
    return this._advice?.quiet ? 'resting' : 'on';
  }

  /** Whether anything may be processed at the cursor before it is asked for. */
  preparesAt(place: ICodePlace | null): boolean {
    const manner = this.at(place);
    return (
      this._settings.values.prepareWhileIdle &&
      (manner === 'on' || manner === 'manual')
    );
  }

  /** Milliseconds to wait after a key: what the server advises, but at least what the user set. */
  get pause(): number {
    return Math.max(
      this._settings.values.inlineDebounce,
      this._advice?.debounce_ms ?? FIRST_PAUSE_MS
    );
  }

  /** Take the server's advice on when to ask next. */
  advise(advice: IAdvice): void {
    const rested = this._advice?.quiet ?? false;
    this._advice = advice;
    if (advice.quiet !== rested) {
      this._changed.emit();
    }
  }

  async toggle(): Promise<void> {
    await this._settings.set(
      'inlineCompletion',
      !this._settings.values.inlineCompletion
    );
  }

  async toggleManual(): Promise<void> {
    await this._settings.set(
      'inlineCompletionManualOnly',
      !this._settings.values.inlineCompletionManualOnly
    );
  }

  async toggleDocument(path: string): Promise<void> {
    await this._settings.set(
      'inlineCompletionDisabledDocuments',
      toggled(this._settings.values.inlineCompletionDisabledDocuments, path)
    );
  }

  async toggleLanguage(language: string): Promise<void> {
    await this._settings.set(
      'inlineCompletionDisabledLanguages',
      toggled(this._settings.values.inlineCompletionDisabledLanguages, language)
    );
  }

  /** A document that was switched off stays so under its new name. */
  async renamed(from: string, to: string): Promise<void> {
    const paths = this._settings.values.inlineCompletionDisabledDocuments;
    if (paths.includes(from)) {
      await this._settings.set(
        'inlineCompletionDisabledDocuments',
        paths.map(path => (path === from ? to : path))
      );
    }
  }

  private _advice: IAdvice | null = null;
  private readonly _changed = new Signal<this, void>(this);
}

function toggled(list: readonly string[], item: string): string[] {
  return list.includes(item)
    ? list.filter(other => other !== item)
    : [...list, item];
}
