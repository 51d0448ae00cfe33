/**
 * The input's tools: chips above it; privacy, menu, Stop and Send below.
 */
import { InputToolbarRegistry } from '@jupyter/chat';
import { UseSignal } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, ellipsesIcon, stopIcon } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

import type { ContextModel } from '../../context/context-model';
import type { ContextGatherer } from '../../context/gather';
import type { ModelStatus } from '../../model/status';
import type { QwenSettings } from '../../settings';
import type { QwenChatModel } from '../model';
import { ChipsWidget } from './chip-row';
import { Privacy } from './privacy';

export function buildToolbar(options: {
  model: QwenChatModel;
  context: ContextModel;
  gatherer: ContextGatherer;
  status: ModelStatus;
  settings: QwenSettings;
  trans: TranslationBundle;
  /** Show the exact prompt. */
  look: () => void;
  /** Open the menu of the conversation below a button. */
  openMenu: (button: HTMLElement) => void;
}): InputToolbarRegistry {
  const { context, gatherer, look, model, openMenu, settings, status, trans } =
    options;
  const registry = new InputToolbarRegistry();

  registry.addItem('chips', {
    position: 5,
    element: () => <ChipsPlace context={context} look={look} trans={trans} />
  });

  registry.addItem('privacy', {
    position: 10,
    element: () => (
      <Privacy
        gatherer={gatherer}
        settings={settings}
        status={status}
        trans={trans}
      />
    )
  });

  registry.addItem('more', {
    position: 20,
    element: () => (
      <Button
        className="jp-Qwen-button jp-mod-quiet jp-Qwen-more"
        aria-haspopup="menu"
        aria-label={trans.__('More')}
        title={trans.__('Export, clear, what the model sees')}
        onClick={({ currentTarget }) => openMenu(currentTarget)}
      >
        <ellipsesIcon.react tag="span" height="14px" width="14px" />
      </Button>
    )
  });

  registry.addItem('stop', {
    position: 90,
    element: () => (
      <UseSignal signal={model.conversationChanged}>
        {() =>
          model.conversation.running ? (
            <Button
              className="jp-Qwen-button jp-Qwen-stop"
              title={trans.__('Stop the answer')}
              onClick={() => model.conversation.stop()}
            >
              <stopIcon.react tag="span" height="14px" width="14px" />
              {trans.__('Stop')}
            </Button>
          ) : (
            <></>
          )
        }
      </UseSignal>
    )
  });

  registry.addItem('send', {
    position: 100,
    element: ({ model: input }) => (
      <UseSignal signal={model.conversationChanged}>
        {() => (
          <UseSignal signal={input.valueChanged}>
            {() => (
              <Button
                className="jp-Qwen-button jp-mod-primary jp-Qwen-send"
                disabled={!input.value.trim() || !!model.conversation.running}
                title={trans.__('Send (Enter)')}
                onClick={() => {
                  input.send(input.value);
                  input.focus();
                }}
              >
                {trans.__('Send')}
              </Button>
            )}
          </UseSignal>
        )}
      </UseSignal>
    )
  });
  return registry;
}

/** Stands in the toolbar, which the chat draws for us, and keeps the chips at the top of the input's box. */
function ChipsPlace(props: {
  context: ContextModel;
  look: () => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { context, look, trans } = props;
  const place = React.useRef<HTMLSpanElement>(null);
  React.useEffect(() => {
    const box = place.current?.closest('.jp-chat-input-toolbar')?.parentElement;
    if (!box) {
      return;
    }
    const host = document.createElement('div');
    box.prepend(host);
    const chips = new ChipsWidget({ context, look, trans });
    Widget.attach(chips, host);
    context.watched = true;
    return () => {
      context.watched = false;
      chips.dispose();
      host.remove();
    };
  }, []);
  return <span ref={place} hidden />;
}
