import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { parse } from 'yaml';
import { METRICS } from '../../src/telemetry.js';
import { startServer, type TestServer } from '../support/server.js';

/** The dashboard and the alert rules of deploy/, against the metrics of a running server. */

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const { findPromtool } = (await import(pathToFileURL(`${ROOT}scripts/promtool.mjs`).href)) as {
  findPromtool(): string | undefined;
};
const promtool = findPromtool();
const noPromtool = promtool === undefined && 'promtool is not installed (npm test gets it where apt-get is)';
const COLUMNS = 24;

/** The parts of Grafana's schema that the dashboard uses (grafana.com, "Dashboard JSON model"). */
const exactly = { additionalProperties: false };
const Datasource = Type.Object(
  { type: Type.Literal('prometheus'), uid: Type.String({ pattern: '^\\$\\{datasource\\}$' }) },
  exactly,
);
const Place = Type.Object(
  {
    h: Type.Integer({ minimum: 1 }),
    w: Type.Integer({ minimum: 1, maximum: COLUMNS }),
    x: Type.Integer({ minimum: 0, maximum: COLUMNS - 1 }),
    y: Type.Integer({ minimum: 0 }),
  },
  exactly,
);
const Target = Type.Object(
  {
    refId: Type.String({ pattern: '^[A-Z]$' }),
    datasource: Datasource,
    expr: Type.String({ minLength: 1 }),
    legendFormat: Type.String({ minLength: 1 }),
    editorMode: Type.Literal('code'),
    range: Type.Literal(true),
  },
  exactly,
);
const Row = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    type: Type.Literal('row'),
    title: Type.String({ minLength: 1 }),
    collapsed: Type.Literal(false),
    gridPos: Place,
    panels: Type.Array(Type.Never(), { maxItems: 0 }),
  },
  exactly,
);
const Panel = Type.Object(
  {
    id: Type.Integer({ minimum: 1 }),
    type: Type.Union([Type.Literal('timeseries'), Type.Literal('stat')]),
    title: Type.String({ minLength: 1 }),
    description: Type.String({ minLength: 1 }),
    datasource: Datasource,
    gridPos: Place,
    fieldConfig: Type.Object(
      {
        defaults: Type.Object({
          unit: Type.Union(
            ['none', 'short', 's', 'bytes', 'Bps', 'cps', 'reqps'].map((unit) => Type.Literal(unit)),
          ),
        }),
        overrides: Type.Array(Type.Object({})),
      },
      exactly,
    ),
    options: Type.Object({}),
    targets: Type.Array(Target, { minItems: 1 }),
  },
  exactly,
);
const Variable = Type.Object({
  name: Type.String({ pattern: '^[a-z]+$' }),
  type: Type.Union([Type.Literal('datasource'), Type.Literal('query')]),
  label: Type.String(),
});
const Dashboard = Type.Object(
  {
    uid: Type.String({ pattern: '^[a-zA-Z0-9_-]{1,40}$' }),
    title: Type.String({ minLength: 1 }),
    description: Type.String(),
    tags: Type.Array(Type.String()),
    timezone: Type.String(),
    editable: Type.Boolean(),
    graphTooltip: Type.Union([Type.Literal(0), Type.Literal(1), Type.Literal(2)]),
    schemaVersion: Type.Integer({ minimum: 36 }),
    version: Type.Integer({ minimum: 0 }),
    refresh: Type.String(),
    time: Type.Object({ from: Type.String(), to: Type.String() }, exactly),
    timepicker: Type.Object({}),
    annotations: Type.Object({ list: Type.Array(Type.Object({})) }, exactly),
    links: Type.Array(Type.Object({})),
    templating: Type.Object({ list: Type.Array(Variable) }, exactly),
    panels: Type.Array(Type.Union([Row, Panel]), { minItems: 1 }),
  },
  exactly,
);

const Rules = Type.Object(
  {
    groups: Type.Array(
      Type.Object(
        {
          name: Type.String({ minLength: 1 }),
          rules: Type.Array(
            Type.Object(
              {
                alert: Type.String({ pattern: '^Sojourn[A-Za-z]+$' }),
                expr: Type.String({ minLength: 1 }),
                for: Type.Optional(Type.String({ pattern: '^\\d+[smhd]$' })),
                labels: Type.Object({
                  severity: Type.Union(['critical', 'warning', 'info'].map((each) => Type.Literal(each))),
                }),
                annotations: Type.Object(
                  { summary: Type.String({ minLength: 1 }), description: Type.String({ minLength: 1 }) },
                  exactly,
                ),
              },
              exactly,
            ),
            { minItems: 1 },
          ),
        },
        exactly,
      ),
      { minItems: 1 },
    ),
  },
  exactly,
);

function errorsOf(schema: Parameters<typeof Value.Errors>[0], value: unknown): string[] {
  return [...Value.Errors(schema, value)].map(({ path, message }) => `${path}: ${message}`);
}

const dashboard = JSON.parse(readFileSync(`${ROOT}deploy/grafana/sojourn.json`, 'utf8')) as Static<
  typeof Dashboard
>;
const rules = parse(readFileSync(`${ROOT}deploy/prometheus/alerts.yml`, 'utf8')) as Static<typeof Rules>;
const panels = dashboard.panels.flatMap((panel) => (panel.type === 'row' ? [] : [panel]));
const queries = panels.flatMap(({ title, targets }) => targets.map(({ expr }) => ({ where: title, expr })));
const alerts = rules.groups.flatMap((group) => group.rules);

describe('the dashboard', () => {
  it('follows the schema of Grafana', () => {
    assert.deepEqual(errorsOf(Dashboard, dashboard), []);
  });

  it('has each panel once, at a place of its own', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const taken = new Map<string, string>();
    for (const { title, gridPos } of dashboard.panels) {
      const { x, y, w, h } = gridPos;
      assert.ok(x + w <= COLUMNS, title);
      for (let column = x; column < x + w; column++) {
        for (let line = y; line < y + h; line++) {
          const place = `${column} ${line}`;
          assert.equal(taken.get(place), undefined, `${title} and ${taken.get(place)}`);
          taken.set(place, title);
        }
      }
    }
  });

  it('uses its variables, and no others', () => {
    const defined = new Set(dashboard.templating.list.map(({ name }) => name));
    // Grafana's own ones begin with two underscores.
    const used = [...JSON.stringify(dashboard).matchAll(/\$\{?(?!__)([a-z]+)/g)].map(([, name]) => name!);
    assert.deepEqual([...new Set(used)].sort(), [...defined].sort());
  });
});

describe('the alert rules', () => {
  it('follow the schema of Prometheus, each with a name of its own', () => {
    assert.deepEqual(errorsOf(Rules, rules), []);
    const names = alerts.map(({ alert }) => alert);
    assert.equal(new Set(names).size, names.length);
  });

  it('are told about in docs/running.md', () => {
    const text = readFileSync(`${ROOT}docs/running.md`, 'utf8');
    for (const { alert } of alerts) assert.ok(text.includes(`\`${alert}\``), alert);
  });

  it('fire when they should, and not for a healthy server', { skip: noPromtool }, () => {
    for (const args of [
      ['check', 'config', `${ROOT}deploy/prometheus/scrape.yml`],
      ['test', 'rules', `${ROOT}test/deploy/alert-rules.yml`],
    ]) {
      const { status, stdout, stderr } = spawnSync(promtool!, args, { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    }
  });
});

describe('their queries', () => {
  let server: TestServer;
  let exposed: Set<string>;
  let text: string;
  before(async () => {
    server = await startServer();
    text = await server.text('/metrics');
    exposed = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
      ),
    );
  });
  after(() => server.dispose());

  it('name metrics that a server has, with labels that those have', () => {
    const all = [...queries, ...alerts.map(({ alert, expr }) => ({ where: alert, expr }))];
    for (const { where, expr } of all) {
      for (const [, name = '', matchers = ''] of expr.matchAll(
        /\b((?:sojourn|nodejs|process)_\w+)(?:\{([^}]*)\})?/g,
      )) {
        assert.ok(exposed.has(name), `${name} of ${where}`);
        const metric = Object.values(METRICS).find(
          (each) => name.replace(/_(bucket|sum|count)$/, '') === each.name,
        );
        const labels = ['job', 'instance', 'le', ...(metric?.labels ?? [])];
        for (const [, label = ''] of matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g))
          assert.ok(labels.includes(label), `${label} of ${name} in ${where}`);
      }
    }
  });

  it('are PromQL', { skip: noPromtool }, () => {
    // As recording rules, which promtool reads.
    const known = { $__rate_interval: '5m', $instance: '.+', $job: '.+' };
    const recorded = queries.map(({ expr }, index) => ({
      record: `query:${index}`,
      expr: Object.entries(known).reduce((sum, [name, value]) => sum.replaceAll(name, value), expr),
    }));
    const input = JSON.stringify({ groups: [{ name: 'dashboard', rules: recorded }] });
    const folder = mkdtempSync(join(tmpdir(), 'sojourn-queries-'));
    try {
      const path = join(folder, 'queries.yml');
      writeFileSync(path, input);
      const { status, stdout, stderr } = spawnSync(promtool!, ['check', 'rules', path], { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('find metrics that Prometheus can read', { skip: noPromtool }, () => {
    const { status, stderr } = spawnSync(promtool!, ['check', 'metrics'], { encoding: 'utf8', input: text });
    // 3: readable, with remarks about names, which the ones of the runtime cause.
    assert.ok(status === 0 || status === 3, stderr);
    assert.deepEqual(
      stderr.split('\n').filter((line) => line.startsWith('sojourn_')),
      [],
    );
  });
});
