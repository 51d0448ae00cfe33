/**
 * What the tests ask of the server beside the page: files, kernels, conversations, settings.
 */
import { APIRequestContext, APIResponse, expect } from '@playwright/test';

import { TOKEN } from './server';

const headers = { Authorization: `token ${TOKEN}` };

export interface ICellText {
  type?: 'code' | 'markdown';
  source: string;
}

interface ISession {
  id: string;
  path: string;
  kernel: { id: string; execution_state: string } | null;
}

export class Desk {
  constructor(private readonly _request: APIRequestContext) {}

  /** Write a notebook; `outputs` are the HTML that its first cells came with. */
  async write(
    name: string,
    cells: (string | ICellText)[],
    outputs: string[] = [],
    kernel = 'python3'
  ): Promise<void> {
    const content = {
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {
        kernelspec: {
          name: kernel,
          display_name: kernel,
          language: kernel.replace(/^fake-|\d+$/g, '')
        }
      },
      cells: cells.map((cell, index) => {
        const { type = 'code', source } =
          typeof cell === 'string' ? { source: cell } : cell;
        return {
          cell_type: type,
          id: `cell-${index}`,
          metadata: {},
          source,
          ...(type === 'code'
            ? {
                outputs: outputs.slice(index, index + 1).map(html => ({
                  output_type: 'display_data',
                  metadata: {},
                  data: { 'text/html': html }
                })),
                execution_count: null
              }
            : {})
        };
      })
    };
    await this._put(`/api/contents/${name}`, { type: 'notebook', content });
  }

  /** Put into a notebook's metadata what the demo's says of itself. */
  async claim(name: string, said: object): Promise<void> {
    const content = (await this.readFile(name)) as {
      metadata: Record<string, unknown>;
    };
    content.metadata.jupyter_qwen = said;
    await this._put(`/api/contents/${name}`, { type: 'notebook', content });
  }

  /** Make a folder where the notebooks are. */
  async makeFolder(name: string): Promise<void> {
    await this._put(`/api/contents/${name}`, { type: 'directory' });
  }

  /** Write a file beside the notebooks. */
  async writeFile(
    name: string,
    content: string,
    format: 'text' | 'base64' = 'text'
  ): Promise<void> {
    await this._put(`/api/contents/${name}`, { type: 'file', format, content });
  }

  /** A file as the server has it; null when there is none. */
  async readFile(name: string): Promise<unknown> {
    const reply = await this._get(`/api/contents/${name}`);
    return reply.ok()
      ? ((await reply.json()) as { content: unknown }).content
      : null;
  }

  /** The turns of a conversation as the server keeps them. */
  async thread(
    id: string
  ): Promise<{ question: string; markdown: string; state: string }[]> {
    const reply = await this._get(
      `/jupyter-qwen/thread?id=${encodeURIComponent(id)}`
    );
    return ((await reply.json()) as { turns: [] }).turns;
  }

  /** What the model is doing, as the server says it. */
  async status(): Promise<object> {
    return (await (await this._get('/jupyter-qwen/status')).json()) as object;
  }

  /** Send a status as the server does: an event that every open page hears. */
  async tellStatus(data: object): Promise<void> {
    await this._post('/api/events', {
      schema_id: 'https://events.jupyter.org/jupyter_qwen/status/v1',
      version: '1',
      data
    });
  }

  /** Pages that are loaded afterwards wear it. */
  async theme(name: 'light' | 'dark' | 'contrast'): Promise<void> {
    await this.setting('@jupyterlab/apputils-extension:themes', {
      theme: {
        light: 'JupyterLab Light',
        dark: 'JupyterLab Dark',
        contrast: 'JupyterLab Dark High Contrast'
      }[name]
    });
  }

  /** Write a plugin's user settings; a page that is loaded afterwards has them. */
  async setting(plugin: string, values: object): Promise<void> {
    await this._put(`/lab/api/settings/${encodeURIComponent(plugin)}`, {
      raw: JSON.stringify(values)
    });
  }

  /** End every kernel: those that nobody needs any more slow down the next test. */
  async endKernels(): Promise<void> {
    for (const { id } of await this._sessions()) {
      await this._request.delete(`/api/sessions/${id}`, { headers });
    }
  }

  protected async restartKernel(name: string): Promise<void> {
    const { kernel } = (await this._session(name))!;
    await this._post(`/api/kernels/${kernel!.id}/restart`);
  }

  protected async kernelState(name: string): Promise<string | undefined> {
    return (await this._session(name))?.kernel?.execution_state;
  }

  private async _session(name: string): Promise<ISession | undefined> {
    return (await this._sessions()).find(({ path }) => path === name);
  }

  private async _sessions(): Promise<ISession[]> {
    return (await (await this._get('/api/sessions')).json()) as ISession[];
  }

  private _get(url: string): Promise<APIResponse> {
    return this._request.get(url, { headers });
  }

  private async _put(url: string, data: object): Promise<void> {
    const reply = await this._request.put(url, { headers, data });
    expect(reply.ok()).toBe(true);
  }

  private async _post(url: string, data?: object): Promise<void> {
    const reply = await this._request.post(url, { headers, data });
    expect(reply.ok()).toBe(true);
  }
}
