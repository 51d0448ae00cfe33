/**
 * The input's buttons: how much of the tables is shared, Stop, Send.
 */
import { InputToolbarRegistry } from '@jupyter/chat';
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { stopIcon } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ContextGatherer } from '../context/gather';
import type { ModelStatus } from '../model/status';
import type { ISettingValues, QwenSettings } from '../settings';
import type { PrivacyLevel } from '../wire';
import type { QwenChatModel } from './model';

export function buildToolbar(options: {
  model: QwenChatModel;
  gatherer: ContextGatherer;
  status: ModelStatus;
  settings: QwenSettings;
  trans: TranslationBundle;
}): InputToolbarRegistry {
  const { model, gatherer, settings, status, trans } = options;
  const registry = new InputToolbarRegistry();

  registry.addItem('privacy', {
    position: 10,
    element: () => (
      <UseSignal signal={settings.changed}>
        {() => (
          <UseSignal signal={status.changed}>
            {() => (
              <PrivacySelect
                settings={settings}
                effective={gatherer.privacy}
                trans={trans}
              />
            )}
          </UseSignal>
        )}
      </UseSignal>
    )
  });

  registry.addItem('stop', {
    position: 90,
    element: () => (
      <UseSignal signal={model.conversationChanged}>
        {() =>
          model.conversation.running ? (
            <button
              type="button"
              className="jp-Qwen-button jp-Qwen-stop"
              title={trans.__('Stop the answer')}
              onClick={() => model.conversation.stop()}
            >
              <stopIcon.react tag="span" height="14px" width="14px" />
              {trans.__('Stop')}
            </button>
          ) : (
            <></>
          )
        }
      </UseSignal>
    )
  });

  registry.addItem('send', {
    position: 100,
    element: ({ model: input }) => (
      <UseSignal signal={model.conversationChanged}>
        {() => (
          <UseSignal signal={input.valueChanged}>
            {() => (
              <button
                type="button"
                className="jp-Qwen-button jp-mod-primary jp-Qwen-send"
                disabled={!input.value.trim() || !!model.conversation.running}
                title={trans.__('Send (Enter)')}
                onClick={() => {
                  input.send(input.value);
                  input.focus();
                }}
              >
                {trans.__('Send')}
              </button>
            )}
          </UseSignal>
        )}
      </UseSignal>
    )
  });
  return registry;
}

function PrivacySelect(props: {
  settings: QwenSettings;
  /** What `auto` means now. */
  effective: PrivacyLevel;
  trans: TranslationBundle;
}): JSX.Element {
  const { effective, settings, trans } = props;
  const meaning = {
    names: trans.__('names'),
    types: trans.__('types'),
    values: trans.__('values'),
    samples: trans.__('samples')
  }[effective];
  const labels: Record<ISettingValues['privacy'], string> = {
    auto: trans.__('Tables: auto (%1)', meaning),
    names: trans.__('Tables: names only'),
    types: trans.__('Tables: with types'),
    values: trans.__('Tables: with values'),
    samples: trans.__('Tables: with sample rows')
  };
  return (
    <select
      className="jp-Qwen-privacy"
      aria-label={trans.__('What the model sees of your tables')}
      title={trans.__(
        'What the model sees of your tables. Auto: sample rows while the model runs on this machine, names and types when it is remote.'
      )}
      value={settings.values.privacy}
      onChange={event =>
        void settings.set(
          'privacy',
          event.target.value as ISettingValues['privacy']
        )
      }
    >
      {Object.entries(labels).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
