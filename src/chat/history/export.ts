/**
 * A conversation as a document of its own, saved beside the notebook and never over another file.
 */
import type { INotebookContent } from '@jupyterlab/nbformat';
import { PathExt } from '@jupyterlab/coreutils';
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { withoutImages } from '../view/images';
import { fence, splitSegments } from '../view/segments';
import type { IExchange } from './conversation';

export type ExportFormat = 'markdown' | 'notebook';

const TRIES = 100;

/** The conversation as Markdown: questions as quotations, answers as they are, but for images, which are links. */
export function toMarkdown(
  exchanges: readonly IExchange[],
  name: string,
  trans: TranslationBundle
): string {
  const sections = exchanges.map(({ answer, shown }) =>
    [
      quote(shown),
      withoutImages(answer.markdown).trim(),
      verdicts(answer.blocks, trans),
      ending(answer.failure?.message)
    ]
      .filter(Boolean)
      .join('\n\n')
  );
  return (
    [heading(name, trans), ...sections].join('\n\n---\n\n').trimEnd() + '\n'
  );
}

/** The conversation as a notebook: what can be inserted becomes a cell, which has not run. */
export function toNotebook(
  exchanges: readonly IExchange[],
  name: string,
  metadata: INotebookContent['metadata'],
  trans: TranslationBundle
): INotebookContent {
  const cells: INotebookContent['cells'] = [];
  const add = (
    type: 'code' | 'markdown',
    source: string,
    extra: object = {}
  ) => {
    if (source.trim()) {
      cells.push({
        id: `qwen-${cells.length}`,
        cell_type: type,
        metadata: { ...extra },
        source,
        ...(type === 'code' ? { outputs: [], execution_count: null } : {})
      } as INotebookContent['cells'][number]);
    }
  };
  add('markdown', heading(name, trans));
  for (const { answer, shown } of exchanges) {
    add('markdown', quote(shown));
    for (const segment of splitSegments(answer.markdown)) {
      if (segment.kind === 'prose') {
        add('markdown', withoutImages(segment.text).trim());
        continue;
      }
      const block = answer.block(segment.index);
      if (block?.cell) {
        add(block.cell.type, block.cell.source, {
          jupyter_qwen: {
            question: shown,
            verdict: block.verdict,
            ...(block.grade && { grade: block.grade }),
            model: answer.model
          }
        });
      } else {
        add('markdown', fence(segment.source, segment.language));
      }
    }
    add('markdown', ending(answer.failure?.message));
  }
  return { nbformat: 4, nbformat_minor: 5, metadata, cells };
}

/**
 * Save beside `notebook` under a name that is free; the path it got.
 *
 * The server makes an empty file under a new name, which is filled and then renamed: a file that somebody else has made
 * meanwhile is in the way of the rename and stays as it is.
 */
export async function saveBeside(
  contents: Pick<Contents.IManager, 'newUntitled' | 'save' | 'rename'>,
  notebook: string,
  format: ExportFormat,
  content: string | INotebookContent,
  word: string
): Promise<string> {
  const folder = PathExt.dirname(notebook);
  const stem = PathExt.basename(notebook, PathExt.extname(notebook)) || word;
  const extension = format === 'markdown' ? '.md' : '.ipynb';
  const untitled = await contents.newUntitled({
    path: folder,
    ...(format === 'markdown'
      ? { type: 'file' as const, ext: extension }
      : { type: 'notebook' as const })
  });
  await contents.save(
    untitled.path,
    format === 'markdown'
      ? { type: 'file', format: 'text', content }
      : { type: 'notebook', format: 'json', content }
  );
  for (let number = 1; number <= TRIES; number++) {
    const suffix = number === 1 ? '' : `-${number}`;
    const path = PathExt.join(folder, `${stem}-${word}${suffix}${extension}`);
    try {
      return (await contents.rename(untitled.path, path)).path;
    } catch (error) {
      if (
        (error as { response?: { status?: number } }).response?.status !== 409
      ) {
        console.warn('jupyter_qwen: the export keeps its first name', error);
        break;
      }
    }
  }
  return untitled.path;
}

function heading(name: string, trans: TranslationBundle): string {
  return [
    `# ${name ? trans.__('Conversation about %1', inline(name)) : trans.__('Conversation')}`,
    trans.__('The answers were written by a language model.')
  ].join('\n\n');
}

function quote(text: string): string {
  return text
    .split('\n')
    .map(line => `> ${line}`.trimEnd())
    .join('\n');
}

function verdicts(
  blocks: IExchange['answer']['blocks'],
  trans: TranslationBundle
): string {
  const known = blocks.flatMap(({ verdict }) => (verdict ? [verdict] : []));
  return known.length ? `*${trans.__('SQL: %1', known.join(', '))}*` : '';
}

function ending(failure: string | undefined): string {
  return failure ? `*${inline(failure)}*` : '';
}

/** Text within a line of Markdown: what would be markup is written out. */
function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>]/g, '\\$&');
}
