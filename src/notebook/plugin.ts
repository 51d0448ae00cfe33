/**
 * The commands behind the buttons of the magic's output.
 */
import {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { Clipboard, Notification } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';

import type { QwenSettings } from '../settings';
import { CommandIDs, IQwenSettings, NAMESPACE } from '../tokens';
import { NotInserted, insertAt, originOf, runCell } from './insert';
import { IOutputPlace, outputPlaceOf } from './output-place';

/** Long enough to be read, short enough not to be in the way. */
const SAID_MILLISECONDS = 2000;

export const notebookPlugin: JupyterFrontEndPlugin<void> = {
  id: 'jupyter_qwen:notebook',
  description: 'Inserts, runs and copies code on request of a cell output.',
  autoStart: true,
  requires: [IQwenSettings],
  optional: [INotebookTracker, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    settings: QwenSettings,
    tracker: INotebookTracker | null,
    translator: ITranslator | null
  ): void => {
    const trans = (translator ?? nullTranslator).load(NAMESPACE);

    // Command links tell their arguments, not their place: remember the button that was pressed last.
    let pressed: Element | null = null;
    const remember = (event: Event) => {
      const button =
        event.target instanceof Element
          ? event.target.closest('[data-commandlinker-command]')
          : null;
      // JupyterLab may first ask whether an output is trusted: presses in its dialog are not the place.
      if (
        button ||
        !(event.target as Element | null)?.closest?.('.jp-Dialog')
      ) {
        pressed = button;
      }
    };
    document.addEventListener('click', remember, true);
    document.addEventListener('keydown', remember, true);

    /** Why to ask first; '' in an output that this user's kernel made, for what is only inserted and for a proved read. */
    function doubts(
      args: ReadonlyPartialJSONObject,
      place: IOutputPlace
    ): string {
      if (!place.trusted) {
        return trans.__(
          'This notebook is not trusted: its button may stand for something else than the text above it.'
        );
      }
      if (args.run !== true) {
        return '';
      }
      if (args.needs_consent !== false) {
        return trans.__(
          'This code changes something or reaches outside the kernel.'
        );
      }
      switch (args.verdict) {
        case 'bound':
          return '';
        case 'rejected':
          return trans.__('DuckDB rejects this query.');
        case 'unchecked':
          return trans.__(
            'This query could not be checked against your tables.'
          );
        default:
          return trans.__(
            'This code was written by the model and was not checked.'
          );
      }
    }

    async function insert(
      args: ReadonlyPartialJSONObject,
      source: string,
      place: IOutputPlace
    ): Promise<void> {
      const run = args.run === true;
      const why = doubts(args, place);
      if (why) {
        const { askConsent } = await import('./consent');
        if (!(await askConsent({ doubts: why, source, run, trans }))) {
          return;
        }
      }
      const panel = place.anchor.panel(tracker);
      if (!panel) {
        Notification.warning(trans.__('The notebook is closed.'));
        return;
      }
      const cell = insertAt(panel, place.anchor.indexIn(panel), {
        source,
        type: args.type === 'markdown' ? 'markdown' : 'code',
        // What the output of somebody else's kernel says of itself is no record.
        origin:
          place.trusted && settings.values.cellMetadata
            ? originOf(args.origin)
            : undefined
      });
      if (run) {
        await runCell(panel, cell);
      }
    }

    app.commands.addCommand(CommandIDs.insertCell, {
      label: ({ run }) =>
        run === true
          ? trans.__('Insert and Run Generated Cell')
          : trans.__('Insert Generated Cell'),
      describedBy: {
        args: {
          type: 'object',
          properties: {
            source: { type: 'string', description: 'Text of the new cell' },
            type: { type: 'string', enum: ['code', 'markdown'] },
            run: { type: 'boolean', description: 'Run it, too' },
            verdict: {
              type: ['string', 'null'],
              description: 'What is known of it: bound runs without a question'
            },
            needs_consent: { type: 'boolean' },
            origin: {
              type: 'object',
              description: 'Metadata of the new cell',
              properties: {
                model: { type: 'string' },
                question: { type: 'string' },
                verdict: { type: ['string', 'null'] },
                grade: { type: 'string' }
              }
            }
          },
          required: ['source']
        }
      },
      isEnabled: () => !!tracker?.currentWidget,
      execute: async (args: ReadonlyPartialJSONObject) => {
        const { source } = args;
        if (typeof source !== 'string' || !source.trim()) {
          return;
        }
        const place = outputPlaceOf(tracker, pressed);
        pressed = null;
        if (!place) {
          Notification.warning(trans.__('Open a notebook first.'));
          return;
        }
        try {
          await insert(args, source, place);
        } catch (error) {
          if (!(error instanceof NotInserted)) {
            throw error;
          }
          Notification.warning(trans.__('The notebook cannot be edited now.'));
        }
      }
    });

    app.commands.addCommand(CommandIDs.copyCode, {
      label: trans.__('Copy Generated Code'),
      describedBy: {
        args: {
          type: 'object',
          properties: { source: { type: 'string' } },
          required: ['source']
        }
      },
      execute: ({ source }) => {
        if (typeof source === 'string') {
          Clipboard.copyToSystem(source);
          Notification.info(trans.__('Copied.'), {
            autoClose: SAID_MILLISECONDS
          });
        }
      }
    });
  }
};
