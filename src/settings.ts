/**
 * The settings, typed. Their names and defaults stand in the list that the settings editor shows and the server reads.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import { PageConfig } from '@jupyterlab/coreutils';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { ISignal, Signal } from '@lumino/signaling';

import list from '../jupyter_qwen/settings/plugin.json';
import {
  IAdministration,
  administer,
  compose,
  readAdministration
} from './administration';
import { IQwenSettings, NAMESPACE } from './tokens';
import type { PrivacyLevel } from './wire';

export const SETTINGS_ID = 'jupyter_qwen:plugin';

/** The kinds of their values. */
export interface ISettingValues {
  privacy: PrivacyLevel | 'auto';
  sendCells: boolean;
  maxCells: number;
  cellMetadata: boolean;
  openOnStart: boolean;
  prepareWhileIdle: boolean;
  inlineCompletion: boolean;
  inlineCompletionManualOnly: boolean;
  inlineCompletionDisabledLanguages: string[];
  inlineCompletionDisabledDocuments: string[];
  inlineMultiline: 'auto' | 'always' | 'never';
  inlineDebounce: number;
}

/** What holds where neither the user nor an administrator says otherwise. */
export const DEFAULT_SETTINGS = Object.fromEntries(
  Object.entries(list.properties).map(([name, listed]) => [
    name,
    listed.default
  ])
) as unknown as Readonly<ISettingValues>;

interface IOptions {
  administration: IAdministration;
  /** Told when something would change a setting that is locked. */
  refused?: () => void;
}

/** Current values and a signal. `ready` resolves once the registry answered, or was found missing. */
export class QwenSettings {
  constructor(
    loaded?: Promise<ISettingRegistry.ISettings>,
    private readonly _options: IOptions = {
      administration: { defaults: {}, locked: new Set() }
    }
  ) {
    this._values = this._compose({});
    this.ready = loaded
      ? loaded.then(
          settings => this._connect(settings),
          reason => {
            console.error('jupyter_qwen: settings could not be read', reason);
          }
        )
      : Promise.resolve();
  }

  readonly ready: Promise<void>;

  get values(): Readonly<ISettingValues> {
    return this._values;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Whether the administrator has fixed a setting. */
  isLocked(key: keyof ISettingValues): boolean {
    return this._options.administration.locked.has(key);
  }

  /** Keep a value in the user's settings; without a registry, for this session only. A locked setting stays as it is. */
  async set<K extends keyof ISettingValues>(
    key: K,
    value: ISettingValues[K]
  ): Promise<void> {
    if (this.isLocked(key)) {
      this._options.refused?.();
    } else if (this._settings) {
      await this._settings.set(key, value);
    } else {
      this._values = { ...this._values, [key]: value };
      this._changed.emit();
    }
  }

  private _connect(settings: ISettingRegistry.ISettings): void {
    this._settings = settings;
    const read = () => {
      this._values = this._compose(
        settings.composite as Partial<ISettingValues>
      );
      this._changed.emit();
    };
    settings.changed.connect(read);
    read();
  }

  /** Built in, then the administrator's, then the user's where nothing is locked. */
  private _compose(user: Partial<ISettingValues>): ISettingValues {
    const { defaults, locked } = this._options.administration;
    const free = Object.entries(user).filter(([name]) => !locked.has(name));
    return { ...DEFAULT_SETTINGS, ...defaults, ...Object.fromEntries(free) };
  }

  private _settings: ISettingRegistry.ISettings | null = null;
  private _values: ISettingValues;
  private _changed = new Signal<this, void>(this);
}

/** Whether the panel opens by itself: the setting, or `qwenOpenPanel` in the page configuration. */
export function opensOnStart(settings: QwenSettings): boolean {
  return (
    settings.values.openOnStart ||
    PageConfig.getOption('qwenOpenPanel') === 'true'
  );
}

export const settingsPlugin: JupyterFrontEndPlugin<QwenSettings> = {
  id: SETTINGS_ID,
  description: 'The settings of jupyter_qwen.',
  autoStart: true,
  provides: IQwenSettings,
  optional: [ISettingRegistry, ITranslator],
  activate: (
    _app: JupyterFrontEnd,
    registry: ISettingRegistry | null,
    translator: ITranslator | null
  ): QwenSettings => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);
    const administration = readAdministration();
    registry?.transform(SETTINGS_ID, {
      fetch: plugin => administer(plugin, administration, trans),
      compose: plugin => compose(plugin, administration)
    });
    return new QwenSettings(registry?.load(SETTINGS_ID), {
      administration,
      refused: () =>
        Notification.info(
          trans.__('The administrator of this server has fixed this setting.')
        )
    });
  }
};
