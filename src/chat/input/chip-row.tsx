/**
 * The chips above the input: what the next question carries, what it costs, and how to change that.
 */
import { ReactWidget, UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  Button,
  LabIcon,
  bugIcon,
  closeIcon,
  codeIcon,
  fileIcon,
  spreadsheetIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';

import type { IChip } from '../../context/chips';
import type { ContextModel } from '../../context/context-model';
import { describeRefusal } from './refusal';

const ICONS: Record<IChip['kind'], LabIcon> = {
  table: spreadsheetIcon,
  tables: spreadsheetIcon,
  cell: codeIcon,
  cells: codeIcon,
  error: bugIcon,
  file: fileIcon
};

/** Of more, the first by name. */
const OFFERS_SHOWN = 3;

interface IChipsProps {
  context: ContextModel;
  trans: TranslationBundle;
  /** Show the exact prompt. */
  look: () => void;
}

/** A widget, so that it can stand at a place in the chat that has none of its own for it. */
export class ChipsWidget extends ReactWidget {
  constructor(private readonly _props: IChipsProps) {
    super();
    this.addClass('jp-Qwen-context');
    this.node.setAttribute('role', 'group');
    this.node.setAttribute(
      'aria-label',
      _props.trans.__('What goes along with your question')
    );
  }

  protected render(): JSX.Element {
    return (
      <UseSignal signal={this._props.context.changed}>
        {() => <Chips {...this._props} />}
      </UseSignal>
    );
  }
}

function Chips(props: IChipsProps): JSX.Element {
  const { context, look, trans } = props;
  const [open, setOpen] = React.useState<string>('');
  const list = React.useRef<HTMLUListElement>(null);
  const chips = context.chips().flatMap(chip =>
    // An open group stays in its place, before its parts.
    chip.ref === open ? [chip, ...chip.parts] : [chip]
  );
  const removed = context.selection.excluded.size;
  const remove = (chip: IChip, index: number) => {
    for (const part of chip.kind === 'tables' ? chip.parts : [chip]) {
      context.selection.remove(part.ref);
    }
    // The focus goes to the neighbour: whoever removes by key removes several.
    requestAnimationFrame(() => {
      const buttons =
        list.current?.querySelectorAll<HTMLElement>('.jp-Qwen-chipLabel');
      buttons?.[Math.min(index, buttons.length - 1)]?.focus();
    });
  };
  const tokens = context.promptTokens;
  const { gatherer, panel } = context;
  const offers = panel
    ? gatherer.loadable.offers(panel, gatherer.live(panel))
    : [];
  return (
    <>
      <ul className="jp-Qwen-chips" ref={list}>
        {chips.map((chip, index) => (
          <Chip
            key={chip.ref}
            chip={chip}
            isOpen={chip.ref === open}
            trans={trans}
            press={() =>
              chip.parts.length
                ? setOpen(chip.ref === open ? '' : chip.ref)
                : look()
            }
            remove={() => remove(chip, index)}
          />
        ))}
      </ul>
      <div className="jp-Qwen-contextFoot">
        <Button
          className="jp-Qwen-button jp-mod-quiet"
          title={trans.__(
            'Show the exact prompt, with the tokens of each part'
          )}
          onClick={look}
        >
          {tokens === null
            ? trans.__('What the model sees')
            : trans._n(
                'What the model sees: %1 token',
                'What the model sees: %1 tokens',
                tokens
              )}
        </Button>
        {removed > 0 && (
          <Button
            className="jp-Qwen-button jp-mod-quiet jp-Qwen-restore"
            title={trans.__('Send again what was taken out')}
            onClick={() => context.selection.restore()}
          >
            {trans._n(
              '%1 taken out, restore',
              '%1 taken out, restore',
              removed
            )}
          </Button>
        )}
      </div>
      {panel && offers.length > 0 && (
        <ul
          className="jp-Qwen-offers"
          aria-label={trans.__('Files that nothing loads yet')}
        >
          {offers.slice(0, OFFERS_SHOWN).map(({ source, columns, tables }) => (
            <li key={source}>
              <button
                type="button"
                className="jp-Qwen-button jp-mod-quiet jp-Qwen-offer"
                title={trans.__(
                  'No cell loads it. Press to ask about it: the line that loads it comes with the answer.'
                )}
                onClick={() => {
                  gatherer.loadable.take(panel, source);
                  gatherer.notebookChanged();
                }}
              >
                {tables > 1
                  ? trans.__('%1, %2 tables: ask about it', source, tables)
                  : trans._n(
                      '%2, %1 column: ask about it',
                      '%2, %1 columns: ask about it',
                      columns,
                      source
                    )}
              </button>
            </li>
          ))}
        </ul>
      )}
      {context.refused && (
        <div className="jp-Qwen-refused" role="alert">
          {describeRefusal(context.refused, trans)}
        </div>
      )}
    </>
  );
}

interface IChipProps {
  chip: IChip;
  isOpen: boolean;
  trans: TranslationBundle;
  press: () => void;
  remove: () => void;
}

function Chip(props: IChipProps): JSX.Element {
  const { chip, isOpen, press, remove, trans } = props;
  const icon = ICONS[chip.kind];
  const label = labelOf(chip, trans);
  const cost = chip.sent
    ? `${chip.exact ? '' : '~'}${chip.tokens}`
    : trans.__('not sent');
  const spoken = chip.sent
    ? trans._n('%1 token', '%1 tokens', chip.tokens)
    : trans.__('not sent with this question');
  return (
    <li
      className="jp-Qwen-chip"
      data-kind={chip.kind}
      data-ref={chip.ref}
      data-sent={chip.sent}
      data-added={chip.added}
      data-mark={chip.mark || undefined}
    >
      <button
        type="button"
        className="jp-Qwen-chipLabel"
        aria-label={[label, markOf(chip, trans), spoken]
          .filter(Boolean)
          .join(', ')}
        aria-keyshortcuts="Delete"
        aria-expanded={chip.parts.length ? isOpen : undefined}
        title={titleOf(chip, label, trans)}
        onClick={press}
        onKeyDown={event => {
          if (event.key === 'Delete' || event.key === 'Backspace') {
            event.preventDefault();
            remove();
          }
        }}
      >
        <icon.react tag="span" height="12px" width="12px" />
        <span className="jp-Qwen-chipName">{label}</span>
        {chip.mark && (
          <span className="jp-Qwen-chipMark">{markOf(chip, trans)}</span>
        )}
        <span className="jp-Qwen-chipTokens">{cost}</span>
      </button>
      <button
        type="button"
        className="jp-Qwen-chipRemove"
        tabIndex={-1} // the label takes Delete
        aria-label={trans.__('Take out %1', label)}
        title={trans.__('Take out (Delete)')}
        onClick={remove}
      >
        <closeIcon.react tag="span" height="10px" width="10px" />
      </button>
    </li>
  );
}

function labelOf(chip: IChip, trans: TranslationBundle): string {
  const count = chip.parts.length;
  switch (chip.kind) {
    case 'cells':
      return trans._n('%1 cell', '%1 cells', count);
    case 'error':
      return chip.added ? trans.__('error of %1', chip.label) : chip.label;
    case 'tables':
      return trans._n('%1 more table', '%1 more tables', count);
    default:
      return chip.label;
  }
}

function markOf(chip: IChip, trans: TranslationBundle): string {
  switch (chip.mark) {
    case 'waiting':
      return trans.__('not loaded yet');
    case 'changed':
      return trans.__('cell edited since');
    case '':
      return '';
  }
}

function titleOf(chip: IChip, label: string, trans: TranslationBundle): string {
  const lines = [chip.detail || label];
  if (chip.mark) {
    lines.push(
      chip.mark === 'waiting'
        ? trans.__(
            'Not loaded yet: its names and types were read from the cells and files. Inserting offers to run the cells first.'
          )
        : trans.__(
            'The cell that loads it was edited since it ran: the kernel holds what the older text made.'
          )
    );
  }
  if (!chip.sent) {
    lines.push(
      chip.kind === 'cells' || chip.kind === 'cell'
        ? trans.__(
            'A query is written from the tables alone: cells are not sent with it. Add one with @ to send it.'
          )
        : chip.kind === 'error'
          ? trans.__('Not sent with a query. Add it with @error to send it.')
          : trans.__(
              'Not needed for this question. Add it with @ to send it in any case.'
            )
    );
  } else if (!chip.exact) {
    lines.push(trans.__('Estimated until the model is loaded.'));
  }
  return lines.join('\n');
}
