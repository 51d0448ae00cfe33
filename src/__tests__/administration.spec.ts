import { nullTranslator } from '@jupyterlab/translation';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal } from '@lumino/signaling';

import { administer, compose, readAdministration } from '../administration';
import { QwenSettings } from '../settings';

const trans = nullTranslator.load('jupyter_qwen');

/** Settings of a user as the registry composes them. */
function userSettings(composite: object): ISettingRegistry.ISettings {
  const settings = {
    composite,
    set: async (key: string, value: unknown) => {
      settings.composite = { ...settings.composite, [key]: value };
      changed.emit();
    },
    get changed() {
      return changed;
    }
  };
  const changed = new Signal<typeof settings, void>(settings);
  return settings as unknown as ISettingRegistry.ISettings;
}

describe('readAdministration', () => {
  it.each([
    '',
    '{}',
    'null',
    '[1]',
    'not json',
    '{"defaults": 1, "locked": 2}'
  ])('takes %j for no wish at all', text => {
    jest.spyOn(console, 'warn').mockImplementation(() => undefined);
    const { defaults, locked } = readAdministration(text);
    expect([defaults, [...locked]]).toEqual([{}, []]);
  });
});

describe('administer', () => {
  const plugin = {
    id: 'jupyter_qwen:plugin',
    schema: {
      type: 'object',
      properties: {
        privacy: { title: 'Privacy', type: 'string', default: 'auto' },
        sendCells: { title: 'Cells', type: 'boolean', default: true }
      }
    }
  } as unknown as ISettingRegistry.IPlugin;

  it('changes defaults, and marks what is locked', () => {
    const { properties } = administer(
      plugin,
      { defaults: { privacy: 'types' }, locked: new Set(['privacy']) },
      trans
    ).schema;
    expect(properties!.privacy).toMatchObject({
      default: 'types',
      readOnly: true,
      title: 'Privacy (set by the administrator)'
    });
    expect(properties!.sendCells).toEqual(plugin.schema.properties!.sendCells);
  });
});

describe('compose', () => {
  it('shows locked settings at their fixed value, and leaves the others', () => {
    const plugin = {
      id: 'jupyter_qwen:plugin',
      schema: {
        type: 'object',
        properties: { privacy: { type: 'string', default: 'types' } }
      },
      data: {
        composite: { privacy: 'samples', maxCells: 7 },
        user: { privacy: 'samples' }
      }
    } as unknown as ISettingRegistry.IPlugin;
    const { data } = compose(plugin, {
      defaults: {},
      locked: new Set(['privacy', 'sendCells'])
    });
    expect(data.composite).toEqual({ privacy: 'types', maxCells: 7 });
    expect(data.user).toEqual({ privacy: 'samples' }); // what the user wrote stays theirs
  });
});

describe('QwenSettings under an administrator', () => {
  it('keeps locked values whatever the user has stored', async () => {
    const refused = jest.fn();
    const settings = new QwenSettings(
      Promise.resolve(
        userSettings({ privacy: 'samples', sendCells: false, maxCells: 7 })
      ),
      {
        administration: {
          defaults: { privacy: 'types' },
          locked: new Set(['privacy', 'sendCells'])
        },
        refused
      }
    );
    await settings.ready;
    expect(settings.values).toMatchObject({
      privacy: 'types',
      sendCells: true, // locked at the built-in value
      maxCells: 7
    });
    await settings.set('privacy', 'samples');
    expect(settings.values.privacy).toBe('types');
    expect(refused).toHaveBeenCalledTimes(1);
    await settings.set('maxCells', 9);
    expect(settings.values.maxCells).toBe(9);
  });

  it('applies the administrator’s defaults without a registry, too', () => {
    const settings = new QwenSettings(undefined, {
      administration: { defaults: { maxCells: 3 }, locked: new Set() }
    });
    expect(settings.values.maxCells).toBe(3);
  });
});
