import { acceptHighlighted } from '../completion-keys';

function setUp(options: string) {
  document.body.innerHTML = `<div id="box"><textarea aria-controls="list"></textarea></div><ul id="list" role="listbox">${options}</ul>`;
  const taken: string[] = [];
  document
    .querySelectorAll('li')
    .forEach(item => (item.onclick = () => taken.push(item.textContent ?? '')));
  document
    .getElementById('box')!
    .addEventListener('keydown', acceptHighlighted, true);
  const press = (key: string, modifiers: KeyboardEventInit = {}) => {
    const event = new KeyboardEvent('keydown', {
      key,
      bubbles: true,
      cancelable: true,
      ...modifiers
    });
    document.querySelector('textarea')!.dispatchEvent(event);
    return event;
  };
  return { taken, press };
}

const TWO =
  '<li role="option">/sql</li><li role="option" class="Mui-focused">/plot</li>';

describe('acceptHighlighted', () => {
  it.each(['Enter', 'Tab'])('%s takes the highlighted entry', key => {
    const { press, taken } = setUp(TWO);
    expect(press(key).defaultPrevented).toBe(true);
    expect(taken).toEqual(['/plot']);
  });

  it('takes the first when none is highlighted yet', () => {
    const { press, taken } = setUp(TWO.replace('Mui-focused', ''));
    press('Enter');
    expect(taken).toEqual(['/sql']);
  });

  it.each([
    ['Enter', { shiftKey: true }],
    ['Enter', { isComposing: true }],
    ['Escape', {}],
    ['a', {}]
  ])('leaves %s with %j alone', (key, modifiers) => {
    const { press, taken } = setUp(TWO);
    expect(press(key, modifiers).defaultPrevented).toBe(false);
    expect(taken).toEqual([]);
  });

  it('leaves Enter alone when no list is open', () => {
    const { press } = setUp('');
    expect(press('Enter').defaultPrevented).toBe(false);
  });
});
