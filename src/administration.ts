/**
 * What the administrator of the server has set: other defaults, and settings that nobody may change.
 */
import { PageConfig } from '@jupyterlab/coreutils';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { PartialJSONObject } from '@lumino/coreutils';

import { isObject } from './received';

export interface IAdministration {
  defaults: PartialJSONObject;
  locked: ReadonlySet<string>;
}

/** As the server wrote it into the page; nothing where it wrote nothing that can be read. */
export function readAdministration(
  text = PageConfig.getOption('qwenSettings')
): IAdministration {
  let data: unknown = null;
  try {
    data = JSON.parse(text || '{}');
  } catch {
    console.warn('jupyter_qwen: the settings of the server cannot be read');
  }
  const { defaults, locked } = isObject(data) ? data : {};
  return {
    defaults: isObject(defaults) ? (defaults as PartialJSONObject) : {},
    locked: new Set(
      Array.isArray(locked)
        ? locked.filter((name): name is string => typeof name === 'string')
        : []
    )
  };
}

/** The settings schema with the administrator's defaults, and with locked settings that say so and cannot be edited. */
export function administer(
  plugin: ISettingRegistry.IPlugin,
  administration: IAdministration,
  trans: TranslationBundle
): ISettingRegistry.IPlugin {
  const { defaults, locked } = administration;
  const properties = { ...plugin.schema.properties };
  for (const [name, property] of Object.entries(properties)) {
    const fixed = locked.has(name);
    properties[name] = {
      ...property,
      ...(name in defaults ? { default: defaults[name] } : {}),
      ...(fixed
        ? {
            readOnly: true,
            title: trans.__('%1 (set by the administrator)', property.title),
            description: [
              property.description,
              trans.__('The administrator of this server has fixed this.')
            ].join(' ')
          }
        : {})
    };
  }
  return { ...plugin, schema: { ...plugin.schema, properties } };
}

/** What the settings editor shows: a locked setting at its fixed value, whatever the user had chosen before. */
export function compose(
  plugin: ISettingRegistry.IPlugin,
  { locked }: IAdministration
): ISettingRegistry.IPlugin {
  const composite = { ...plugin.data.composite };
  for (const name of locked) {
    if (name in composite) {
      composite[name] = plugin.schema.properties?.[name]?.default;
    }
  }
  return { ...plugin, data: { ...plugin.data, composite } };
}
