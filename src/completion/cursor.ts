/**
 * Where code is being written: which document, which editor, which language.
 */
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { DocumentWidget } from '@jupyterlab/docregistry';
import { NotebookPanel } from '@jupyterlab/notebook';
import type { Widget } from '@lumino/widgets';

export interface ICodePlace {
  /** The document's path; empty for a console. */
  path: string;
  /** The language, as the server names it; null when nothing says it. */
  language: string | null;
}

/** The editor that has, or last had, the cursor; null where there is none. */
export function editorOf(widget: Widget | null): CodeEditor.IEditor | null {
  if (widget instanceof NotebookPanel) {
    return widget.content.activeCell?.editor ?? null;
  }
  if (widget instanceof DocumentWidget) {
    // A text file's editor, without a dependency on the extension that shows it.
    const { editor } = widget.content as { editor?: CodeEditor.IEditor };
    return editor ?? null;
  }
  return null;
}

/** The place that `widget` shows; null when no code is written there. */
export function codePlaceOf(widget: Widget | null): ICodePlace | null {
  const editor = editorOf(widget);
  return editor && widget instanceof DocumentWidget
    ? {
        path: widget.context.path,
        language: languageOf(editor.model.mimeType)
      }
    : null;
}

/** The text on both sides of the cursor. */
export function aroundCursor(editor: CodeEditor.IEditor): {
  prefix: string;
  suffix: string;
} {
  const text = editor.model.sharedModel.getSource();
  const cursor = editor.getOffsetAt(editor.getCursorPosition());
  return { prefix: text.slice(0, cursor), suffix: text.slice(cursor) };
}

const LANGUAGES: [RegExp, string][] = [
  [/markdown|gfm/, 'markdown'], // before Python: Markdown cells are text/x-ipythongfm
  [/python/, 'python'],
  [/sql/, 'sql'],
  [/x-rsrc|x-r\b/, 'r'],
  [/julia/, 'julia'],
  [/typescript/, 'typescript'],
  [/javascript/, 'javascript'],
  [/json/, 'json'],
  [/x-sh\b|shell/, 'shell']
];

/** The language of an editor; null when its type says nothing. */
export function languageOf(mimeType: string | undefined): string | null {
  if (!mimeType || mimeType === 'text/plain') {
    return null;
  }
  return LANGUAGES.find(([pattern]) => pattern.test(mimeType))?.[1] ?? null;
}

/** Whether prose is written here rather than code: a small model has little to say there that was not asked for. */
export function isProse(
  widget: Widget | null,
  mimeType: string | undefined
): boolean {
  const language = languageOf(mimeType);
  if (widget instanceof NotebookPanel) {
    // A code cell's type may say nothing when the kernel's language has no mode.
    return widget.content.activeCell
      ? widget.content.activeCell.model.type !== 'code'
      : language === 'markdown';
  }
  return (
    language === 'markdown' ||
    (widget instanceof DocumentWidget && language === null)
  );
}
