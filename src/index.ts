/**
 * The plugins of the extension.
 */
import { chatPlugin } from './chat/plugin';
import {
  completionPlugin,
  drawablePlugin,
  mannersPlugin
} from './completion/plugin';
import { openFilePlugin } from './context/open-file-plugin';
import { contextPlugin } from './context/plugin';
import { clientPlugin, statusBarPlugin, statusPlugin } from './model/plugin';
import { demoPlugin } from './notebook/demo-plugin';
import { notebookPlugin } from './notebook/plugin';
import { settingsPlugin } from './settings';
import { warmPlugin } from './warm/plugin';

export default [
  settingsPlugin,
  clientPlugin,
  statusPlugin,
  statusBarPlugin,
  contextPlugin,
  warmPlugin,
  notebookPlugin,
  demoPlugin,
  openFilePlugin,
  chatPlugin,
  mannersPlugin,
  completionPlugin,
  drawablePlugin
];
