import { Signal } from '@lumino/signaling';

import { DEFAULT_SETTINGS, ISettingValues, QwenSettings } from '../../settings';
import { CompletionManners } from '../manners';

const PLACE = { path: 'a.ipynb', language: 'python' };

function setUp(values: Partial<ISettingValues> = {}) {
  const settings = new QwenSettings();
  Object.entries(values).forEach(([key, value]) => {
    void settings.set(key as keyof ISettingValues, value);
  });
  return { settings, manners: new CompletionManners(settings) };
}

describe('CompletionManners', () => {
  it.each([
    ['on', {}],
    ['off', { inlineCompletion: false, inlineCompletionManualOnly: true }],
    ['off-document', { inlineCompletionDisabledDocuments: ['a.ipynb'] }],
    ['off-language', { inlineCompletionDisabledLanguages: ['python'] }],
    ['manual', { inlineCompletionManualOnly: true }]
  ] as const)('is %s for %j', (manner, values) => {
    const { manners } = setUp(values as Partial<ISettingValues>);
    expect(manners.at(PLACE)).toBe(manner);
  });

  it('leaves other documents and languages on', async () => {
    const { manners } = setUp();
    await manners.toggleDocument('a.ipynb');
    await manners.toggleLanguage('sql');
    expect(manners.at(PLACE)).toBe('off-document');
    expect(manners.at({ path: 'b.ipynb', language: 'python' })).toBe('on');
    expect(manners.at({ path: 'b.sql', language: 'sql' })).toBe('off-language');
    await manners.toggleDocument('a.ipynb');
    expect(manners.at(PLACE)).toBe('on');
  });

  it('keeps a renamed notebook switched off', async () => {
    const { manners } = setUp();
    await manners.toggleDocument('a.ipynb');
    await manners.renamed('a.ipynb', 'b.ipynb');
    await manners.renamed('other.ipynb', 'third.ipynb');
    expect(manners.at({ path: 'b.ipynb', language: 'python' })).toBe(
      'off-document'
    );
    expect(manners.at(PLACE)).toBe('on');
  });

  it('says once that the machine rests, and once that it is back', () => {
    const { manners } = setUp();
    const changed = jest.fn();
    manners.changed.connect(changed);
    manners.advise({ debounce_ms: 200, quiet: true, reason: 'slow' });
    manners.advise({ debounce_ms: 200, quiet: true, reason: 'slow' });
    expect(manners.at(PLACE)).toBe('resting');
    manners.advise({ debounce_ms: 90, quiet: false, reason: '' });
    expect(manners.at(PLACE)).toBe('on');
    expect(changed).toHaveBeenCalledTimes(2);
    Signal.clearData(manners);
  });

  it('never waits less than the user set', () => {
    const { manners, settings } = setUp();
    expect(manners.pause).toBeGreaterThan(DEFAULT_SETTINGS.inlineDebounce);
    manners.advise({ debounce_ms: 90, quiet: false, reason: '' });
    expect(manners.pause).toBe(90);
    void settings.set('inlineDebounce', 400);
    expect(manners.pause).toBe(400);
  });
});
