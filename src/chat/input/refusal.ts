/**
 * Why a file cannot go along, in a sentence.
 */
import type { TranslationBundle } from '@jupyterlab/translation';

import { FileRefused, MAX_FILE_CHARACTERS } from '../../context/files';
import { formatBytes } from '../../model/format';

export function describeRefusal(
  refused: FileRefused,
  trans: TranslationBundle
): string {
  switch (refused.reason) {
    case 'too-large':
      return trans.__(
        '%1 has %2; files up to %3 can be sent. Load it into a DataFrame and ask about that.',
        refused.path,
        formatBytes(refused.size ?? 0),
        formatBytes(MAX_FILE_CHARACTERS)
      );
    case 'binary':
      return trans.__(
        '%1 is no text, so it cannot be sent. Load it into a DataFrame and ask about that.',
        refused.path
      );
    case 'missing':
      return trans.__(
        '%1 cannot be read: it was moved or deleted.',
        refused.path
      );
  }
}
