import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moveWindow, WINDOW_ROWS } from './row-window.js';

const MILLION = 1_000_000;

test('while scrolling down a million rows and up again, every visible row lies in the window', () => {
  const inView = 40;
  const inWindow = (base: number, row: number): boolean => base <= row && row + inView <= base + WINDOW_ROWS;
  let base = 0;
  for (let row = 0; row + inView <= MILLION; row += inView) {
    base = moveWindow(base, MILLION, row, row + inView);
    assert.ok(inWindow(base, row), `down, at ${row} from ${base}`);
  }
  for (let row = MILLION - inView; row >= 0; row -= inView) {
    base = moveWindow(base, MILLION, row, row + inView);
    assert.ok(inWindow(base, row), `up, at ${row} from ${base}`);
  }
  assert.equal(base, 0);
});

test('a list that fits does not move', () => {
  assert.equal(moveWindow(0, WINDOW_ROWS, WINDOW_ROWS - 40, WINDOW_ROWS), 0);
});
