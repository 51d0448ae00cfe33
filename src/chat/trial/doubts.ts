/**
 * Why somebody is asked before code goes into a notebook, or runs: from its proof, else from its trial.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import type { IBlock } from '../../wire';
import { hasImages } from '../view/images';

/** Languages whose text is a notebook cell as it stands, whatever the kernel. */
export const MARKDOWN = new Set(['markdown', 'md']);

/** The server's word for a cell that holds more than the query that was proved. */
const OTHER_CODE = 'other-code';

/** Why to ask first; '' for a proved query that only reads. */
export function doubtsOf(
  block: IBlock,
  run: boolean,
  trans: TranslationBundle
): string {
  if (block.needs_consent) {
    const other = block.diagnostics.find(({ code }) => code === OTHER_CODE);
    if (other) {
      return [other.message, other.hint].filter(Boolean).join(' ');
    }
    return block.kind && block.kind !== 'query'
      ? trans.__(
          'This statement changes something or reaches outside the kernel (%1).',
          block.kind
        )
      : trans.__('This code changes something or reaches outside the kernel.');
  }
  switch (block.verdict) {
    case 'bound':
      return '';
    case 'rejected':
      return trans.__(
        'DuckDB rejects this query: %1',
        block.diagnostics.find(({ severity }) => severity === 'error')
          ?.message ?? ''
      );
    case 'unchecked':
      return trans.__('This query could not be checked against your tables.');
    case null:
      if (MARKDOWN.has(block.language) && hasImages(block.source)) {
        return trans.__(
          'This text loads images, from wherever they are, when it is shown.'
        );
      }
      return untrusted(block, run, trans);
  }
}

/** Code that no proof speaks for: what its trial said, if there was one. */
function untrusted(
  { language, trial }: IBlock,
  run: boolean,
  trans: TranslationBundle
): string {
  if (trial?.status === 'fails') {
    return trans.__(
      'This code failed when it was tried on copies of your data: %1',
      trial.error ? `${trial.error.kind}: ${trial.error.message}` : ''
    );
  }
  if (!run || MARKDOWN.has(language)) {
    return '';
  }
  return trial?.status === 'ran'
    ? trans.__(
        'This code was written by the model. It ran on copies of your data, which does not show that it is right.'
      )
    : trans.__('This code was written by the model and was not checked.');
}
