import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CallMarks } from './call-marks.js';

/** What a store does with the changes of marks. */
class Rows {
  rows: Uint8Array[] = [];
  written = 0;

  write(marks: CallMarks): void {
    const change = marks.change(this.rows.length > 0);
    if (change?.isReset === true) this.rows = [];
    if (change?.row === undefined) return;
    assert.equal(change.row.no, this.rows.length);
    this.rows.push(Uint8Array.from(change.row.marks));
    this.written += change.row.marks.length;
  }

  read(form: ReturnType<CallMarks['form']>): CallMarks {
    const marks = CallMarks.ofForm(form === undefined ? form : JSON.parse(JSON.stringify(form)));
    assert.equal(marks.areApart, this.rows.length > 0);
    marks.takeIn(this.rows);
    return marks;
  }
}

const step = fc.record({
  /** How many marks come, from which number on, and how many of those that there are go. */
  from: fc.nat(300),
  come: fc.constantFrom(0, 1, 2, 40, 90),
  go: fc.constantFrom(0, 1, 30, 200),
  isRead: fc.boolean(),
  isMadeAnew: fc.constantFrom(false, false, false, true),
});

test('marks come back from their rows, whatever came and went, with the least that has changed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const expected = new Map<number, number>();
      const store = new Rows();
      let marks = new CallMarks();
      const note = (mark: number, sign: 1 | -1): void => {
        const count = (expected.get(mark) ?? 0) + sign;
        if (count === 0) expected.delete(mark);
        else expected.set(mark, count);
        assert.equal(marks.note(mark, sign), count);
      };
      for (const { from, come, go, isRead, isMadeAnew } of steps) {
        for (const mark of [...expected.keys()].slice(0, go)) note(mark, -1);
        for (let i = 0; i < come; i++) note(Math.imul(from + i, 0x9e3779b1) >>> 0, 1);
        if (isMadeAnew) {
          marks = new CallMarks();
          for (const [mark, count] of expected) for (let i = 0; i < count; i++) marks.note(mark, 1);
        }
        store.write(marks);
        if (isRead) marks = store.read(marks.form());
        else assert.deepEqual(store.read(marks.form()).form(), marks.form());
        for (const [mark, count] of expected) assert.equal(marks.count(mark), count);
      }
    }),
    { numRuns: 300 },
  );
});

test('bringing 20,000 marks up to date costs what changed', () => {
  const store = new Rows();
  const marks = new CallMarks();
  for (let i = 0; i < 20_000; i++) marks.note(Math.imul(i, 0x9e3779b1), 1);
  store.write(marks);
  const whole = store.written;
  for (let i = 0; i < 1_000; i++) {
    marks.note(i, 1);
    store.write(marks);
  }
  assert.ok(store.written < 20 * whole, `${store.written} bytes for 1,000 changes of ${whole}`);
  assert.ok(store.rows.length < 80);
});

test('rows that are not those of the session are noticed', () => {
  const marks = new CallMarks();
  for (let i = 0; i < 100; i++) marks.note(i, 1);
  const row = marks.change(false)!.row!.marks;
  const other = Uint8Array.from(row);
  other[8]! ^= 1;
  assert.throws(() => CallMarks.ofForm(marks.form()).takeIn([other]), /not those/);
  assert.throws(() => CallMarks.ofForm(marks.form()).count(1), /not loaded/);
});
