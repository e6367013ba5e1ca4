import { after, describe } from 'node:test';
import { Bench, type StoreUnderTest } from './bench.js';
import { erasing } from './erasing.case.js';
import { events } from './events.case.js';
import { filters } from './filters.case.js';
import { groups } from './groups.case.js';
import { lists } from './lists.case.js';
import { numbers } from './numbers.case.js';
import { scores } from './scores.case.js';
import { states } from './states.case.js';
import { facets, statistics } from './statistics.case.js';
import { texts } from './texts.case.js';
import { greatest, timelines } from './timelines.case.js';
import { toolsAndErrors } from './tools-errors.case.js';
import { outlines, traces } from './traces.case.js';
import { watching } from './watching.case.js';
import { appending, binding } from './writing.case.js';

/** The behaviour that every store shares. `open` makes a new, empty store with `CONFORMANCE_SETTINGS`. */
export function storeConformance(
  name: string,
  open: () => Promise<StoreUnderTest>,
  options: { readonly hasTexts?: boolean } = {},
): void {
  describe(`${name}: behaviour of every store`, () => {
    const bench = new Bench(open);
    after(() => bench.dispose());

    describe('appending', () => appending(bench));
    describe('binding', () => binding(bench));
    describe('lists', () => lists(bench));
    describe('filters', () => filters(bench));
    describe('state', () => states(bench));
    describe('traces', () => traces(bench));
    describe('outlines', () => outlines(bench));
    describe('groups', () => groups(bench));
    describe('events', () => events(bench));
    describe('statistics', () => statistics(bench));
    describe('timelines', () => timelines(bench));
    describe('the greatest sessions', () => greatest(bench));
    describe('values to filter by', () => facets(bench));
    describe('watching', () => watching(bench));
    describe('numbers and traits', () => numbers(bench));
    describe('scores', () => scores(bench));
    describe('tools and errors', () => toolsAndErrors(bench));
    describe('erasing', () => erasing(bench));
    if (options.hasTexts) describe('content search', () => texts(bench));
  });
}
