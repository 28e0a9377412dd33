// @vitest-environment jsdom
import { afterEach, expect, test, vi } from 'vitest';

import { goToFirst } from './goToFirst';

afterEach(() => document.body.replaceChildren());

function onThePage(html: string): (selector: string) => Element | null {
  document.body.innerHTML = html;
  // Nothing is scrolled where nothing is drawn.
  Element.prototype.scrollIntoView = vi.fn();
  return (selector) => document.querySelector(selector);
}

test('the first wrong field of the page is gone to, whatever was found first', () => {
  const find = onThePage('<input id="name"><textarea id="text"></textarea><input id="age">');
  goToFirst([find('#age'), find('#text')]);
  expect(document.activeElement).toBe(find('#text'));
});

test('a field of several parts is entered by its first', () => {
  const find = onThePage('<div id="reason"><input type="hidden"><input type="radio" id="bot"></div>');
  goToFirst([find('#reason')]);
  expect(document.activeElement).toBe(find('#bot'));
});

test('what is not on the page is passed over', () => {
  const find = onThePage('<input id="name">');
  goToFirst([find('#gone'), find('#name')]);
  expect(document.activeElement).toBe(find('#name'));
  expect(() => goToFirst([find('#gone')])).not.toThrow();
});
