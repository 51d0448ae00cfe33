import type { Kernel } from '@jupyterlab/services';

import { KernelSchemas } from '../kernel';

interface IFake {
  id: string;
  status: string;
  isDisposed: boolean;
  supportsSubshells: boolean;
  subshellId: string | null;
  info: Promise<unknown>;
  requestExecute: jest.Mock;
  requestCreateSubshell: jest.Mock;
  requestDeleteSubshell: jest.Mock;
  clone: jest.Mock;
  dispose: jest.Mock;
}

function kernel(options: {
  reply?: unknown;
  status?: string;
  language?: string;
  hangs?: boolean;
}): IFake {
  const fake: IFake = {
    id: 'k1',
    status: options.status ?? 'idle',
    isDisposed: false,
    supportsSubshells: false,
    subshellId: null,
    info: Promise.resolve({
      language_info: { name: options.language ?? 'python' }
    }),
    requestExecute: jest.fn(() => ({
      done: options.hangs
        ? new Promise(() => undefined)
        : Promise.resolve({
            content: {
              status: 'ok',
              user_expressions: {
                r: options.reply ?? {
                  status: 'ok',
                  data: { 'application/json': { tables: [] } }
                }
              }
            }
          }),
      dispose: jest.fn()
    })),
    requestCreateSubshell: jest.fn(() => ({
      done: Promise.resolve({ content: { subshell_id: 's1' } })
    })),
    requestDeleteSubshell: jest.fn(),
    clone: jest.fn(),
    dispose: jest.fn()
  };
  return fake;
}

const real = (fake: IFake) => fake as unknown as Kernel.IKernelConnection;

function schemas(): KernelSchemas {
  return new KernelSchemas(
    async language => (language === 'python' ? 'collect()' : null),
    20
  );
}

describe('KernelSchemas', () => {
  it('asks silently, with empty code, so that the kernel keeps no trace', async () => {
    const fake = kernel({});
    expect(await schemas().read(real(fake))).toEqual({
      schema: { tables: [] },
      note: 'fresh'
    });
    expect(fake.requestExecute).toHaveBeenCalledWith({
      code: '',
      silent: true,
      store_history: false,
      allow_stdin: false,
      stop_on_error: false,
      user_expressions: { r: 'collect()' }
    });
  });

  it('sends nothing to a kernel without a collector', async () => {
    const fake = kernel({ language: 'R' });
    expect(await schemas().read(real(fake))).toEqual({
      schema: null,
      note: 'none'
    });
    expect(fake.requestExecute).not.toHaveBeenCalled();
  });

  it('does not wait for a busy kernel and says so', async () => {
    const fake = kernel({ status: 'busy', hangs: true });
    expect(await schemas().read(real(fake))).toEqual({
      schema: null,
      note: 'busy'
    });
  });

  it('falls back on the last reading while the kernel is busy', async () => {
    const reader = schemas();
    const fake = kernel({});
    await reader.read(real(fake));
    fake.status = 'busy';
    fake.requestExecute = kernel({ hangs: true }).requestExecute;
    expect(await reader.read(real(fake))).toEqual({
      schema: { tables: [] },
      note: 'snapshot'
    });
  });

  it('reads through a subshell while a cell runs, and removes it', async () => {
    const fake = kernel({ status: 'busy', hangs: true });
    fake.supportsSubshells = true;
    const clone = kernel({});
    fake.clone.mockReturnValue(clone);
    let usedSubshell: string | null = null;
    const execute = clone.requestExecute;
    clone.requestExecute = jest.fn(content => {
      usedSubshell = clone.subshellId;
      return execute(content);
    });
    expect((await schemas().read(real(fake))).note).toBe('fresh');
    expect(usedSubshell).toBe('s1');
    expect(clone.dispose).toHaveBeenCalled();
    expect(fake.requestDeleteSubshell).toHaveBeenCalledWith({
      subshell_id: 's1'
    });
  });

  it('reports what the collector raised', async () => {
    const fake = kernel({
      reply: { status: 'error', ename: 'NameError', evalue: 'no json' }
    });
    expect(await schemas().read(real(fake))).toEqual({
      schema: null,
      note: 'failed',
      reason: 'NameError: no json'
    });
  });

  it('forgets the tables of a kernel that restarted', async () => {
    const reader = schemas();
    const fake = kernel({});
    await reader.read(real(fake));
    reader.forget('k1');
    expect(reader.snapshot(real(fake))).toBeNull();
  });

  describe('a kernel that dies while it is read', () => {
    /** As JupyterLab does it: the state changes, and what was waited for is called off. */
    function dying(fake: IFake, change: Partial<IFake>): void {
      fake.requestExecute = jest.fn(() => ({
        done: Promise.resolve().then(() => {
          Object.assign(fake, change);
          throw new Error(
            'Canceled future for execute_request message before replies were done'
          );
        }),
        dispose: jest.fn()
      }));
    }

    it.each([
      ['is started again', { status: 'autorestarting' }],
      ['is dead', { status: 'dead', isDisposed: true }]
    ])('is told of, and its tables are forgotten: it %s', async (_, change) => {
      const reader = schemas();
      const fake = kernel({});
      await reader.read(real(fake));
      dying(fake, change);
      expect(await reader.read(real(fake))).toEqual({
        schema: null,
        note: 'died'
      });
      expect(reader.snapshot(real(fake))).toBeNull();
    });

    it('leaves nobody waiting when it dies without a word', async () => {
      const fake = kernel({ hangs: true });
      const reading = schemas().read(real(fake));
      fake.status = 'dead';
      expect(await reading).toEqual({ schema: null, note: 'died' });
    });

    it('is read again once it runs', async () => {
      const reader = schemas();
      const fake = kernel({});
      dying(fake, { status: 'autorestarting' });
      await reader.read(real(fake));
      fake.status = 'idle';
      fake.requestExecute = kernel({}).requestExecute;
      expect((await reader.read(real(fake))).note).toBe('fresh');
    });
  });

  it('reads once for two callers at a time', async () => {
    const reader = schemas();
    const fake = kernel({});
    await Promise.all([reader.read(real(fake)), reader.read(real(fake))]);
    expect(fake.requestExecute).toHaveBeenCalledTimes(1);
  });
});
