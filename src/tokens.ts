/**
 * The services that the plugins of this extension hand to each other.
 */
import { Token } from '@lumino/coreutils';

import type { CompletionManners } from './completion/manners';
import type { ContextGatherer } from './context/gather';
import type { ModelStatus } from './model/status';
import type { QwenClient } from './request';
import type { QwenSettings } from './settings';

export const NAMESPACE = 'jupyter_qwen';

/** `describedBy` of a command that takes no arguments. */
export const NO_ARGUMENTS = {
  args: { type: 'object' as const, properties: {} }
};

export namespace CommandIDs {
  export const openChat = 'jupyter_qwen:open-chat';
  export const clearChat = 'jupyter_qwen:clear-chat';
  export const exportMarkdown = 'jupyter_qwen:export-markdown';
  export const exportNotebook = 'jupyter_qwen:export-notebook';
  export const openFile = 'jupyter_qwen:open-data-file';
  export const showKnowledge = 'jupyter_qwen:show-knowledge';
  export const showPrompt = 'jupyter_qwen:show-prompt';
  export const stop = 'jupyter_qwen:stop';
  export const fixCell = 'jupyter_qwen:fix-cell';
  export const runAndFix = 'jupyter_qwen:run-and-fix';
  export const explainCell = 'jupyter_qwen:explain-cell';
  export const receipt = 'jupyter_qwen:receipt';
  export const insertCell = 'jupyter_qwen:insert-cell';
  export const copyCode = 'jupyter_qwen:copy-code';
  export const explainCode = 'jupyter_qwen:explain-code';
  export const loadModel = 'jupyter_qwen:load-model';
  export const unloadModel = 'jupyter_qwen:unload-model';
  export const pullModel = 'jupyter_qwen:pull-model';
  export const chooseModel = 'jupyter_qwen:choose-model';
  export const cancelPull = 'jupyter_qwen:cancel-pull';
  export const toggleInline = 'jupyter_qwen:toggle-inline-completion';
  export const toggleManual = 'jupyter_qwen:toggle-manual-completion';
  export const toggleDocument = 'jupyter_qwen:toggle-completion-in-document';
  export const toggleLanguage = 'jupyter_qwen:toggle-completion-in-language';
  export const acceptWord = 'jupyter_qwen:accept-word';
  export const acceptLine = 'jupyter_qwen:accept-line';
  export const dismiss = 'jupyter_qwen:dismiss-completion';
}

export const IQwenClient = new Token<QwenClient>(
  'jupyter_qwen:IQwenClient',
  'The routes of the jupyter_qwen server extension.'
);

export const IQwenSettings = new Token<QwenSettings>(
  'jupyter_qwen:IQwenSettings',
  'The settings of jupyter_qwen.'
);

export const IModelStatus = new Token<ModelStatus>(
  'jupyter_qwen:IModelStatus',
  'The state of the language model.'
);

export const IContextGatherer = new Token<ContextGatherer>(
  'jupyter_qwen:IContextGatherer',
  'Cells and table schemas around a question.'
);

export const ICompletionManners = new Token<CompletionManners>(
  'jupyter_qwen:ICompletionManners',
  'When code is completed without being asked.'
);
