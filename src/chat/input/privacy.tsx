/**
 * How much of the tables the model hears of: chosen here, at most what the administrator allows; and whether it is far away.
 */
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { HTMLSelect } from '@jupyterlab/ui-components';
import * as React from 'react';

import type { ContextGatherer } from '../../context/gather';
import type { ModelStatus } from '../../model/status';
import type { ISettingValues, QwenSettings } from '../../settings';
import { PRIVACY_LEVELS } from '../../wire';

export interface IPrivacyProps {
  gatherer: ContextGatherer;
  settings: QwenSettings;
  status: ModelStatus;
  trans: TranslationBundle;
}

export function Privacy(props: IPrivacyProps): JSX.Element {
  return (
    <UseSignal signal={props.settings.changed}>
      {() => (
        <UseSignal signal={props.status.changed}>
          {() => <PrivacySelect {...props} />}
        </UseSignal>
      )}
    </UseSignal>
  );
}

function PrivacySelect(props: IPrivacyProps): JSX.Element {
  const { gatherer, settings, status, trans } = props;
  const limit = status.current?.max_privacy ?? 'samples';
  const remote = status.current?.remote ?? false;
  const locked = settings.isLocked('privacy');
  const meaning = {
    names: trans.__('names'),
    types: trans.__('types'),
    values: trans.__('values'),
    samples: trans.__('samples')
  }[gatherer.privacy];
  const labels: Record<ISettingValues['privacy'], string> = {
    auto: trans.__('Tables: auto (%1)', meaning),
    names: trans.__('Tables: names only'),
    types: trans.__('Tables: with types'),
    values: trans.__('Tables: with values'),
    samples: trans.__('Tables: with sample rows')
  };
  const allowed = (value: string) =>
    value === 'auto' ||
    PRIVACY_LEVELS.findIndex(level => level === value) <=
      PRIVACY_LEVELS.indexOf(limit);
  return (
    <>
      <HTMLSelect
        className="jp-Qwen-privacy"
        aria-label={trans.__('What the model sees of your tables')}
        disabled={locked}
        title={
          locked
            ? trans.__('The administrator of this server has fixed this.')
            : trans.__(
                'What the model sees of your tables. Auto: sample rows while the model runs on this machine, names and types when it is remote.'
              )
        }
        value={settings.values.privacy}
        onChange={event =>
          void settings.set(
            'privacy',
            event.target.value as ISettingValues['privacy']
          )
        }
        options={Object.entries(labels).map(([value, label]) => ({
          value,
          label: allowed(value)
            ? label
            : trans.__('%1 (not allowed here)', label),
          disabled: !allowed(value)
        }))}
      />
      {remote && (
        <span
          className="jp-Qwen-privacyRemote"
          title={trans.__(
            'The model does not run on this machine: questions, cells and table descriptions are sent to it. %1',
            status.current?.reason ?? ''
          )}
        >
          {trans.__('Remote')}
        </span>
      )}
    </>
  );
}
