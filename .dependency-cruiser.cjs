/** The arrows of docs/architecture.md, checked on the compiled code. */
const only = (folder, allowed, comment) => ({
  name: `${folder}-uses`,
  comment,
  severity: 'error',
  from: { path: `^dist/src/${folder}/`, pathNot: '\\.test\\.js$' },
  to: {
    path: '^dist/src/',
    pathNot: [`^dist/src/${folder}/`, ...allowed.map((path) => `^dist/src/${path}`)],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only(
      'receiver',
      [
        'access/',
        'otlp/',
        'normalize/create',
        'redact/create',
        'redact/policy',
        'store/contract/',
        'contract/errors',
        'channel',
        'clock',
        'config',
        'request-id',
        'setting-kinds',
        'telemetry',
      ],
      'The receiver hands bytes on; it does not look into them. Its decoding threads open a normaliser each.',
    ),
    only(
      'otlp',
      ['normalize/(attributes|facts|normalizer|score-terms|severity|signature-memo)'],
      'The wire knows facts, not where they come from.',
    ),
    only(
      'redact',
      ['otlp/', 'normalize/'],
      'What is redacted depends on the request, the rules and the key; nothing is read or written.',
    ),
    only('text-search', [], 'Words are the same in the index, in queries and in texts.'),
    only('normalize', ['country-source'], 'Facts of a record depend on nothing but the record.'),
    only(
      'sessionize',
      ['normalize/(bounded-memo|facts|fnv-1a|tags|title/one-line|visit/page-url)'],
      'Sessions are a pure function of records.',
    ),
    only(
      'store',
      ['otlp/', 'normalize/', 'sessionize/', 'text-search/', 'channel', 'contract/int64'],
      'A store keeps records and sessions. Of the API it knows what a list shows of a session (store/contract/session-item).',
    ),
    only(
      'conversation',
      ['otlp/(read|log-ids)', 'normalize/dialects/', 'store/contract/'],
      'A conversation is a pure function of records and of what counts.',
    ),
    only(
      'visit',
      [
        'conversation/record',
        'otlp/(read|log-ids)',
        'normalize/(facts|bounded-text|exception-texts|visit/page-keys|visit/page-url)',
        'sessionize/(exceptions|records|visit)',
        'store/contract/',
      ],
      'A visit is a pure function of records and of what counts.',
    ),
    only(
      'access',
      ['clock', 'setting-kinds', 'store/postgres/', 'store/records/log-files'],
      'Who may do what follows from no route. Tables of PostgreSQL, and how directories are made durable, are those of the store.',
    ),
    only(
      'contract',
      [
        'access/(project-name|audit)',
        'conversation/(entry|media-content)',
        'alerts/alert\\.',
        'normalize/(facts|cost|score-terms|session-id|severity|title/one-line)',
        'sessionize/(page-places|score-limits|usage|user-counts)',
        'text-search/',
        'visit/page-visit',
      ],
      'What a client sees follows from no store and no query.',
    ),
    only(
      'query',
      [
        'conversation/',
        'visit/',
        'store/contract/',
        'otlp/(read|to-json)',
        'contract/',
        'channel',
        'normalize/(facts|user-id|cost|own-prices|rum|score-terms|tags|visit/page-url)',
        'sessionize/(session-view|usage|visit|page-places|scores)',
        'text-search/',
      ],
      'Queries know the interface of a store only.',
    ),
    only(
      'api',
      [
        'access/',
        'alerts/',
        'contract/',
        'query/',
        'live/',
        'store/contract/',
        'channel',
        'country-source',
        'nearest',
        'request-id',
        'telemetry',
      ],
      'The API reaches storage only through queries.',
    ),
    only(
      'alerts',
      ['clock', 'contract/', 'query/query-service', 'store/postgres/(pool|statement)'],
      'Alerts read sessions as a client does. Tables of PostgreSQL are those of the store.',
    ),
    only(
      'live',
      ['contract/', 'query/query-service', 'store/contract/'],
      'Live is told what has changed and asks queries what it is now.',
    ),
    only(
      'tracing',
      ['clock', 'config', 'log', 'telemetry'],
      'Own traces know which requests were answered, and nothing of what they carried.',
    ),
    only(
      'mcp',
      ['contract/session-(sort|state)', 'normalize/facts'],
      'Tools for agents read by the client, as everybody does.',
    ),
    only('demo', ['setting-kinds', 'settings'], 'The demo is a sender like any other.'),
    only(
      'web-page',
      ['contract/errors'],
      'The server hands out the files of the page and knows nothing of what is in them.',
    ),
    {
      name: 'page-uses-itself',
      comment: 'The web page is a client like any other: it shares no code with the server.',
      severity: 'error',
      from: { path: '^dist/web-node/' },
      to: { path: '^dist/(?!web-node/)' },
    },
    {
      name: 'client-uses-itself',
      comment: 'The client is a package of its own, which runs in browsers too.',
      severity: 'error',
      from: { path: '^dist/client/', pathNot: '\\.test\\.js$' },
      to: { path: '^dist/(?!client/)|^node:' },
    },
    {
      name: 'page-folders',
      comment: 'What pages share knows no page; only the router knows both pages.',
      severity: 'error',
      from: { path: '^dist/web-node/web/src/(api|components|format|shell)/' },
      to: { path: '^dist/web-node/web/src/(session|sessions)/' },
    },
    {
      name: 'one-file-knows-which-store',
      comment: 'All others know the contract of stores, or what a copy needs of them (store/copy/sides).',
      severity: 'error',
      from: {
        path: '^dist/src/',
        pathNot: [
          '^dist/src/store/(open-store|open-copy|open-backup|open-retention|sqlite/)',
          '\\.test\\.js$',
        ],
      },
      to: { path: '^dist/src/store/sqlite/' },
    },
    {
      name: 'engine-is-pure',
      comment:
        'The engine asks for what it has to know and returns the rows to write (docs/decisions/013-engine.md).',
      severity: 'error',
      from: { path: '^dist/src/store/engine/', pathNot: '\\.test\\.js$' },
      to: { path: '^dist/src/store/(?!engine/|contract/|records/(?!group-reader))|^node:(?!buffer)' },
    },
    {
      name: 'copy-is-pure',
      comment: 'What is copied, and how it is compared, is decided apart from any store.',
      severity: 'error',
      from: { path: '^dist/src/store/copy/', pathNot: '\\.test\\.js$' },
      to: { path: '^dist/src/(?!store/copy/)|^node:(?!buffer|crypto)' },
    },
    {
      name: 'pure-core',
      comment:
        'No input or output. normalize/geo and normalize/price-list read their tables once; client-ip uses the address parser of node:net.',
      severity: 'error',
      from: {
        path: '^dist/src/(otlp|normalize|sessionize|conversation|visit)/',
        pathNot: ['\\.test\\.js$', '^dist/src/normalize/(geo|price-list|client-ip)\\.js$'],
      },
      to: { path: '^(node:)?(fs|net|http|http2|https|child_process|worker_threads|dns|process)(/|$)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['\\.d\\.ts$'] },
  },
};
