import type { Page } from 'playwright-core';
import type { TestServer } from './server.js';

/** A view of the web page: its name, its address, and what is there once it has loaded. */
export interface View {
  readonly name: string;
  readonly path: string;
  readonly ready: string;
}

export const SCHEMES = ['light', 'dark'] as const;
/** Pixels: a desktop, a tablet and a phone. */
export const WIDTHS = [1440, 1024, 360] as const;

interface Listed {
  readonly items: readonly {
    readonly 'session.id': string;
    readonly 'user.id'?: string;
    readonly visit?: unknown;
  }[];
}

/** Every view of the page, of a server with the demo's traffic. */
export async function viewsOf(server: TestServer): Promise<readonly View[]> {
  const { items } = await server.get<Listed>('/api/v1/sessions?limit=500');
  const failed = await server.get<Listed>('/api/v1/sessions?limit=1&hasErrors=true&minTokens=1');
  const agent = failed.items[0]!;
  const visit = items.find((item) => item.visit !== undefined)!;
  const user = items.find((item) => item['user.id'] !== undefined)!['user.id']!;
  const session = `/sessions/${agent['session.id']}`;
  return [
    { name: 'sessions', path: '/?range=all', ready: '.overview .time-bars canvas' },
    { name: 'groups', path: '/?range=all&by=model&compare=1', ready: '.groups-total' },
    { name: 'no-sessions', path: '/?range=all&service=nobody', ready: '.table-empty' },
    { name: 'session', path: session, ready: '.key-figures' },
    { name: 'conversation', path: `${session}?view=conversation`, ready: '.turn-head' },
    { name: 'timeline', path: `${session}?view=timeline`, ready: '.waterfall [role=treeitem]' },
    { name: 'usage', path: `${session}?view=usage`, ready: '.usage-table' },
    { name: 'events', path: `${session}?view=events`, ready: '.view-tabs' },
    { name: 'visit', path: `/sessions/${visit['session.id']}?view=visit`, ready: '.view-tabs' },
    { name: 'journey', path: `/sessions/${visit['session.id']}?view=journey`, ready: '.view-tabs' },
    { name: 'json', path: `${session}?view=json`, ready: '.json-text' },
    { name: 'user', path: `/users/${encodeURIComponent(user)}`, ready: '.overview .time-bars canvas' },
    { name: 'tools', path: '/tools?range=all', ready: '.sorted-table .sorted-link' },
    { name: 'errors', path: '/errors?range=all', ready: '.sorted-table .sorted-link' },
    { name: 'alerts', path: '/alerts?filters=hasErrors%3Dtrue', ready: '.alert-form' },
    { name: 'send', path: '/send', ready: '.snippet' },
    { name: 'reference', path: '/reference', ready: '#listSessions' },
    { name: 'unknown-session', path: '/sessions/nothing', ready: '.shell-note' },
    { name: 'unknown-address', path: '/nothing', ready: '.shell-note' },
  ];
}

/** Evaluated in the page. Resolves after the layout has followed the last change of the size. */
const FIND_TROUBLES = `new Promise((resolve) => {
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const troubles = [];
    const wide = document.documentElement.scrollWidth - innerWidth;
    if (wide > 0) troubles.push('the page is ' + wide + ' px too wide');
    const scrolls = (node) => {
      for (let each = node.parentElement; each; each = each.parentElement) {
        if (each === document.body) return false;
        if (/auto|scroll|hidden|clip/.test(getComputedStyle(each).overflowX)) return true;
      }
      return false;
    };
    const nameOf = (node) =>
      node.localName + ' ' + (node.getAttribute('aria-label') || node.textContent || node.className).trim().slice(0, 40);
    for (const node of document.querySelectorAll('a, button, input, select, textarea, [role=tab]')) {
      const box = node.getBoundingClientRect();
      if (!node.checkVisibility({ visibilityProperty: true }) || box.width < 2 || box.height < 2) continue;
      if (node.matches('.skip-link') || scrolls(node)) continue;
      if (box.left < -1 || box.right > innerWidth + 1) troubles.push(nameOf(node) + ' is cut by the edge');
      if (node.localName === 'button' && node.scrollWidth > node.clientWidth + 2) {
        if (getComputedStyle(node).textOverflow !== 'ellipsis' && !node.querySelector('.truncate')) {
          troubles.push(nameOf(node) + ' has a text wider than itself');
        }
      }
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
      if (y < 0 || y >= innerHeight) continue;
      const hit = document.elementFromPoint(x, y);
      if (hit === null || node.contains(hit) || hit.contains(node)) continue;
      if (hit.closest('label')?.contains(node) || hit.closest('.row, tr') === node.closest('.row, tr')) continue;
      troubles.push(nameOf(node) + ' is below ' + nameOf(hit));
    }
    resolve(troubles);
  }));
})`;

/**
 * What is wrong with the layout at the size of the page: it is wider than the screen, or a control is cut by its edge,
 * too narrow for its text, or covered by something else. Controls within what scrolls by itself are left out.
 */
export async function troublesOfLayout(page: Page): Promise<string[]> {
  return (await page.evaluate(FIND_TROUBLES)) as string[];
}
