import {
  CONFIG_FILE_FLAG,
  CONFIG_SETTINGS,
  PLACE_SETTINGS,
  SERVER_ADDRESS_SETTINGS,
  STORE_SETTINGS,
} from '../config.js';
import { DEMO_KEY_SETTINGS, DEMO_SETTINGS } from '../demo/options.js';
import { type Setting, settingsOf, variableName } from '../settings.js';
import { AUDIT_SETTINGS, CREATE_KEY_SETTINGS, LIST_SETTINGS } from './access-options.js';
import { BACKUP_SETTINGS, CHECK_SETTINGS, RESTORE_SETTINGS } from './backup-options.js';
import { COPY_SETTINGS } from './copy-options.js';
import { IMPORT_SETTINGS } from './import-options.js';
import type { TypedCommand } from './invocation.js';
import {
  CONNECTION_SETTINGS,
  EXPORT_SETTINGS,
  FILTER_SETTINGS,
  LIST_SESSIONS_SETTINGS,
  PROFILE_SETTINGS,
  SELECTION_SETTINGS,
  SHOW_SETTINGS,
  TOP_SETTINGS,
} from './read/read-options.js';
import { REDACTION_SETTINGS, TRY_SETTINGS } from './redact-options.js';
import { KEEP_SETTINGS, RETENTION_SETTINGS } from './retention-options.js';

/** Commands, each with a one-line description. */
export const COMMANDS = {
  serve: 'Receive OpenTelemetry, keep it, and answer the Sessions API',
  demo: 'Send made-up traffic to a running server, to have something to look at',
  copy: 'Copy all data between a data directory and PostgreSQL, or between two of either',
  backup: 'Make a backup of a data directory, or bring one up to date, while the server runs',
  restore: 'Make a data directory of a backup',
  check: 'Check a data directory or a backup: every checksum, and whether all parts agree',
  repair: 'Repair a damaged data directory, and list what is lost',
  migrate: 'Create the tables of a PostgreSQL database, or bring them to this version',
  keys: 'Make, list and revoke API keys, also while the server runs',
  'sign-ins': 'List and end sign-ins of the web page, also while the server runs',
  audit: 'Print the audit log: keys, sign-ins, changes',
  retention: 'Show what retention would remove now, and what it removed',
  redact: 'Show what rules of redaction do to a file',
  sessions: 'List, show and follow the sessions of a running server',
  why: 'Show which model calls of a session count, and why the others do not',
  import: 'Send files of OTLP/JSON, such as an export, to a server',
  mcp: 'Let an agent read sessions: the Model Context Protocol on standard input and output',
  completion: 'Print a script that makes your shell complete commands and flags',
  help: 'Show the help of a command',
  version: 'Show the version',
} as const;
export type Command = keyof typeof COMMANDS;

const WIDTH = 100;

export function overviewHelp(typed: TypedCommand): string {
  const commands = Object.entries(COMMANDS).map(([name, does]) => `  ${name.padEnd(10)} ${does}`);
  return `Sojourn turns OpenTelemetry into sessions: who did what, for how long, how it went, and what it cost.

Usage: ${typed('COMMAND', '[FLAGS]')}

${commands.join('\n')}

Examples:
${examples([
  [typed('serve'), 'OTLP/HTTP on port 4318, OTLP/gRPC on 4317, data in ./sojourn-data'],
  [typed('serve', '--port 5000'), 'The same with another port'],
  [typed('demo'), 'Fill the running server with 200 sessions of the last three days'],
])}

Flags of a command: ${typed('help', 'COMMAND')}
`;
}

/** Examples of command lines, each with its description. */
function examples(lines: readonly (readonly [line: string, does: string])[]): string {
  const width = Math.max(...lines.map(([line]) => line.length));
  return lines.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`.trimEnd()).join('\n');
}

export function commandHelp(command: Command, typed: TypedCommand): string {
  switch (command) {
    case 'serve':
      return serveHelp(typed);
    case 'demo':
      return demoHelp(typed);
    case 'copy':
      return copyHelp(typed);
    case 'backup':
      return backupHelp(typed);
    case 'restore':
      return restoreHelp(typed);
    case 'check':
      return checkHelp(typed);
    case 'repair':
      return repairHelp(typed);
    case 'migrate':
      return migrateHelp(typed);
    case 'keys':
      return keysHelp(typed);
    case 'sign-ins':
      return signInsHelp(typed);
    case 'audit':
      return auditHelp(typed);
    case 'retention':
      return retentionHelp(typed);
    case 'redact':
      return redactHelp(typed);
    case 'sessions':
      return sessionsHelp(typed);
    case 'why':
      return whyHelp(typed);
    case 'import':
      return importHelp(typed);
    case 'mcp':
      return mcpHelp(typed);
    case 'completion':
      return completionHelp(typed);
    case 'help':
      return `Usage: ${typed('help', '[COMMAND]')}

  --markdown   All settings of the server as Markdown (docs/configuration.md)
`;
    case 'version':
      return `Usage: ${typed('version')}\n`;
  }
}

function serveHelp(typed: TypedCommand): string {
  return `${COMMANDS.serve}.

Usage: ${typed('serve', '[FLAGS]')}

Examples:
  ${typed('serve')}
  ${typed('serve', '--data /var/lib/sojourn --idle-after 10m')}
  ${typed('serve', '--host 0.0.0.0 --log-format json')}
  SOJOURN_PORT=5000 ${typed('serve', '--config sojourn.json')}
${settingsHelp(settingsOf(CONFIG_SETTINGS))}
Where settings come from:
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, configFileHelp())}
${entryHelp('-h, --help', 'Show this help.')}
`;
}

function demoHelp(typed: TypedCommand): string {
  return `${COMMANDS.demo}.

Usage: ${typed('demo', '[FLAGS]')}

Web visitors and LLM agents, sent as OTLP like any other telemetry. The same seed plays the same
traffic, moved to the present, under new ids.

Examples:
${examples([
  [typed('demo'), ''],
  [typed('demo', '--sessions 2000 --days 14'), ''],
  [typed('demo', '--live'), 'Continue in real time until Ctrl+C'],
])}
${settingsHelp([...settingsOf(DEMO_SETTINGS), ...settingsOf(DEMO_KEY_SETTINGS)])}
Address of the server if --endpoint is not given, set as for the server:
${settingsOf(SERVER_ADDRESS_SETTINGS).map(settingHelp).join('\n')}
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, `The server's configuration file. Also ${variableName(CONFIG_FILE_FLAG)}.`)}
${entryHelp('-h, --help', 'Show this help.')}
`;
}

function copyHelp(typed: TypedCommand): string {
  return `${COMMANDS.copy}.

Usage: ${typed('copy', '--from DIR|URL --to DIR|URL')}

Everything is compared in the end. Ended at any point, the same command continues where it was.
A server may run on the source: then stop it and run the command once more, which copies the rest.
API keys, sign-ins and the audit log stay behind: make new keys for the target. docs/access.md.

Examples:
  ${typed('copy', '--from ./sojourn-data --to postgres://sojourn@db.example/sojourn')}
  ${typed('copy', '--from postgres://sojourn@db.example/sojourn --to ./sojourn-data')}
${settingsHelp(settingsOf(COPY_SETTINGS))}${entryHelp('-h, --help', 'Show this help.')}

Also ${variableName('from')} and ${variableName('to')}. Other programs of this machine can see what is given on the
command line: give a password by these, PGPASSWORD or ~/.pgpass.
`;
}

function redactHelp(typed: TypedCommand): string {
  return `${COMMANDS.redact}.

Usage: ${typed('redact', '--try FILE [FLAGS]')}

Of OTLP/JSON each change is shown, of any other text the text that is left. Nothing is stored.
Hashes are not those of a server, whose key is secret. docs/redaction.md describes the rules.

Examples:
  ${typed('redact', '--try spans.json --redact rules.json --redact-sets secrets,cards,email')}
  ${typed('redact', '--try app.log --redact-sets email,phone')}
${settingsHelp(settingsOf(TRY_SETTINGS))}
Settings of the server:
${settingsOf(REDACTION_SETTINGS).map(settingHelp).join('\n')}
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, `The server's configuration file. Also ${variableName(CONFIG_FILE_FLAG)}.`)}
${entryHelp('-h, --help', 'Show this help.')}
`;
}

function backupHelp(typed: TypedCommand): string {
  return `${COMMANDS.backup}.

Usage: ${typed('backup', '[--data DIR] --to DIR2')}

Everything that was acknowledged before is in it. Only what is new is copied, and all of that is
verified. Ended at any point, the backup is the former one. Exit code 1 if none was made, or if the
data directory is damaged. docs/backup.md says more.

Examples:
  ${typed('backup', '--data /var/lib/sojourn --to /backup/sojourn')}
${settingsHelp(settingsOf(BACKUP_SETTINGS))}${entryHelp('-h, --help', 'Show this help.')}

Also ${variableName('data')} and ${variableName('to')}. Data in PostgreSQL: use pg_basebackup or pg_dump.
`;
}

function restoreHelp(typed: TypedCommand): string {
  return `${COMMANDS.restore}.

Usage: ${typed('restore', '--from DIR2 [--data DIR]')}

Everything is compared with its checksum. Ended at any point, the same command begins again. The
server makes the sessions when it starts.

Examples:
  ${typed('restore', '--from /backup/sojourn --data /var/lib/sojourn')}
${settingsHelp(settingsOf(RESTORE_SETTINGS))}${entryHelp('-h, --help', 'Show this help.')}

Also ${variableName('from')}, ${variableName('data')} and ${variableName('accept-damage')}.
`;
}

function checkHelp(typed: TypedCommand): string {
  return `${COMMANDS.check}.

Usage: ${typed('check', '[--data DIR]')}

Changes nothing. Each finding is a line with the file and the byte or block. Exit code 0 if there is
none, 1 otherwise. Beside a running server, rows of sessions are left out. docs/backup.md says more.

Examples:
  ${typed('check', '--data /var/lib/sojourn')}
  ${typed('check', '--data /backup/sojourn')}
  ${typed('check', '--full --config sojourn.json')}

Flags:
${[CONFIG_SETTINGS.data, CHECK_SETTINGS.full].map(settingHelp).join('\n')}
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, `The server's configuration file. Also ${variableName(CONFIG_FILE_FLAG)}.`)}
${entryHelp('-h, --help', 'Show this help.')}

With --full all flags of the server, too: sessions depend on some of them.
`;
}

function repairHelp(typed: TypedCommand): string {
  return `${COMMANDS.repair}.

Usage: ${typed('repair', '[--data DIR]')}

Stop the server first. If there is a backup, look there first: what is lost here may be there. Files
that are damaged are written again without what is lost, and kept in damaged-N/ of the data
directory. All sessions are made again. docs/backup.md says more.

Examples:
  ${typed('repair', '--data /var/lib/sojourn')}

Flags:
${settingHelp(CONFIG_SETTINGS.data)}
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, `The server's configuration file. Also ${variableName(CONFIG_FILE_FLAG)}.`)}
${entryHelp('-h, --help', 'Show this help.')}

All flags of the server, too: sessions depend on some of them, and a start under others makes them
once more.
`;
}

function migrateHelp(typed: TypedCommand): string {
  return `${COMMANDS.migrate}.

Usage: ${typed('migrate', '[--store URL]')}

A server does this by itself when it starts. This is for those who want it done before, for
example by a role that may create tables.

Flags:
${settingsOf(STORE_SETTINGS).map(settingHelp).join('\n')}
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, `The server's configuration file. Also ${variableName(CONFIG_FILE_FLAG)}.`)}
${entryHelp('-h, --help', 'Show this help.')}
`;
}

function keysHelp(typed: TypedCommand): string {
  return `${COMMANDS.keys}.

Usage: ${typed('keys', 'create --name NAME --scope SCOPE,… --project PROJECT|--all-projects [FLAGS]')}
       ${typed('keys', 'list [--json]')}
       ${typed('keys', 'revoke ID')}

A key is printed once, when it is made; only a keyed hash of it is kept. A revoked key is refused
at once. Run this as the user of the server, and with the same --data or --store.

Examples:
  ${typed('keys', 'create --name "checkout service" --scope ingest --project shop')}
  ${typed('keys', 'create --name page --scope ingest-browser --project shop --origin https://a.example')}
  ${typed('keys', 'create --name dashboard --scope read --all-projects --expires 90d')}
${settingsHelp(settingsOf(CREATE_KEY_SETTINGS))}
${placeHelp()}
`;
}

function signInsHelp(typed: TypedCommand): string {
  return `${COMMANDS['sign-ins']}.

Usage: ${typed('sign-ins', 'list [--json]')}
       ${typed('sign-ins', 'revoke ID|WHO')}

Who has signed in by a key or OpenID Connect, and until when. One sign-in ends by its id, all of
someone by WHO, such as user:alice or key:Z5Xr5IrgX0ZH: at once, in every process. Revoking a key
ends its sign-ins as well. Run this as the user of the server, and with the same --data or --store.
${settingsHelp(settingsOf(LIST_SETTINGS))}
${placeHelp()}
`;
}

function auditHelp(typed: TypedCommand): string {
  return `${COMMANDS.audit}.

Usage: ${typed('audit', '[FLAGS]')}

Newest first. With --json, what is printed can be kept as an export.
${settingsHelp(settingsOf(AUDIT_SETTINGS))}
${placeHelp()}
`;
}

function retentionHelp(typed: TypedCommand): string {
  return `${COMMANDS.retention}.

Usage: ${typed('retention', '[--keep-sessions …] [--keep-size …] [--server URL] [--key KEY]')}
       ${typed('retention', '[--keep-sessions …] [--keep-size …] --data DIR|--store URL')}

Changes nothing. Asks a server, under its settings or those that are given. With --data or --store
it reads the data itself: a data directory that no server has, or a database. docs/deleting.md says
more.

Examples:
  ${typed('retention')}
  ${typed('retention', '--keep-sessions 90d,shop=30d')}
  ${typed('retention', '--keep-size 50GB --data /var/lib/sojourn')}

Settings of a server:
${settingsOf(KEEP_SETTINGS).map(settingHelp).join('\n')}
${settingsHelp(settingsOf(RETENTION_SETTINGS))}
${placeHelp()}

Or a server:
${connectionHelp()}
`;
}

function placeHelp(): string {
  return `Where they are, set as for the server:
${settingsOf(PLACE_SETTINGS).map(settingHelp).join('\n')}
${entryHelp(`--${CONFIG_FILE_FLAG} FILE`, `The server's configuration file. Also ${variableName(CONFIG_FILE_FLAG)}.`)}
${entryHelp('-h, --help', 'Show this help.')}`;
}

function sessionsHelp(typed: TypedCommand): string {
  return `${COMMANDS.sessions}.

Usage: ${typed('sessions', 'list [--last TIME | --during PERIOD] [--limit COUNT] [FILTERS]')}
       ${typed('sessions', "search 'QUERY' [--limit COUNT] [FILTERS]")}
       ${typed('sessions', 'top [--calls] [--by cost|duration] [--limit COUNT] [FILTERS]')}
       ${typed('sessions', 'groups BY [--sort sessions|errors|tokens|cost] [--limit COUNT] [FILTERS]')}
       ${typed('sessions', 'tools [--sort calls|failures|retries|sessions|p95] [FILTERS]')}
       ${typed('sessions', 'errors [--sort sessions|count|last_seen|first_seen] [FILTERS]')}
       ${typed('sessions', 'show ID')}
       ${typed('sessions', 'tail [FILTERS]')}
       ${typed('sessions', 'export [ID] [--format FORMAT] [--output FILE] [FILTERS]')}

list prints the newest sessions, search those whose telemetry has the words, "phrases" and
prefixes* of QUERY and nothing after a -, with the places (docs/search.md), top those that
cost the most or took the longest, with --calls the model calls that did, groups the sums by
model, user, service, provider, country, device, release, operation, tool, errorType, route,
status or attr.KEY (docs/filters.md), tools and errors what was called and what failed in them
(docs/tools-errors.md), show what is known of one, and tail each session as it changes, until
Ctrl+C. Times are in UTC. With --json, other programs can read the output. export writes all
sessions, or one, to a file: the same command goes on where it was cut. docs/exports.md has
the formats. All but show and tail take --last, --during and --q.

Examples:
${examples([
  [typed('sessions', 'list --last 24h --has-errors true'), 'What failed today'],
  [typed('sessions', 'list --model gpt-5 --json --limit 1000'), 'For other programs'],
  [typed('sessions', 'groups model --during last-week'), 'What each model cost last week'],
  [typed('sessions', 'tools --sort p95 --during today'), 'The slowest tool'],
  [typed('sessions', 'tail --service checkout'), ''],
  [typed('sessions', 'top --calls --limit 20'), 'The dearest model calls'],
  [typed('sessions', 'show SESSION --profile production'), ''],
  [typed('sessions', 'export --during last-week --bom'), 'For a spreadsheet'],
])}
${settingsHelp([TOP_SETTINGS.calls, TOP_SETTINGS.by, ...settingsOf(LIST_SESSIONS_SETTINGS), ...settingsOf(EXPORT_SETTINGS), ...settingsOf(SELECTION_SETTINGS), ...settingsOf(FILTER_SETTINGS)])}${connectionHelp()}
`;
}

function whyHelp(typed: TypedCommand): string {
  return `${COMMANDS.why}.

Usage: ${typed('why', 'ID [--json]')}

One line for each record that reports usage of a model. docs/usage.md has the rules.

Examples:
  ${typed('why', 'SESSION')}
${settingsHelp(settingsOf(SHOW_SETTINGS))}${connectionHelp()}
`;
}

function importHelp(typed: TypedCommand): string {
  return `${COMMANDS.import}.

Usage: ${typed('import', 'FILE…|- [FLAGS]')}

A file has one request for /v1/traces, /v1/logs or /v1/metrics a line, or is one request. It may be
compressed by gzip. The key needs the scope ingest. What the server has already does not count
twice.

Examples:
${examples([
  [typed('import', 'telemetry.otlp.jsonl'), 'Into the server here'],
  [typed('import', '- --server https://sojourn.example'), 'From a pipe'],
])}

${settingsHelp(settingsOf(IMPORT_SETTINGS))}${connectionHelp()}
`;
}

function mcpHelp(typed: TypedCommand): string {
  return `${COMMANDS.mcp}.

Usage: ${typed('mcp', '[FLAGS]')}

An agent starts this by itself: name it in the agent's configuration. Its tools only read, and see
what the key may see. docs/mcp.md has examples.
${connectionHelp()}
`;
}

function completionHelp(typed: TypedCommand): string {
  return `${COMMANDS.completion}.

Usage: ${typed('completion', 'bash|zsh|fish')}

Examples:
${examples([
  ['source <(sojourn completion bash)', 'In ~/.bashrc'],
  ['source <(sojourn completion zsh)', 'In ~/.zshrc, after compinit'],
  ['sojourn completion fish > ~/.config/fish/completions/sojourn.fish', ''],
])}

${entryHelp('-h, --help', 'Show this help.')}
`;
}

/** Flags of commands that read from a server. */
function connectionHelp(): string {
  const settings = [...settingsOf(CONNECTION_SETTINGS), ...settingsOf(PROFILE_SETTINGS)];
  return `${settingsHelp(settings)}${entryHelp('-h, --help', 'Show this help.')}

The flags of the server are also variables: --server is ${variableName('server')}.`;
}

function configFileHelp(): string {
  return `JSON object of settings, named as the flags: {"port": 5000, "idle-after": "10m"}. Also ${variableName(CONFIG_FILE_FLAG)}. Each setting is also a variable: --grpc-port is ${variableName('grpc-port')}. A flag wins over a variable, a variable over the file, the file over the default.`;
}

function settingsHelp(settings: readonly Setting<unknown>[]): string {
  let group = '';
  const lines: string[] = [];
  for (const setting of settings) {
    if (setting.group !== group) {
      group = setting.group;
      lines.push('', `${group}:`);
    }
    lines.push(settingHelp(setting));
  }
  return `${lines.join('\n')}\n`;
}

function settingHelp(setting: Setting<unknown>): string {
  // A switch that is on by default is only ever given to turn it off.
  const value = setting.default === true ? 'on|off' : setting.kind.placeholder;
  const usage = `--${setting.flag} ${value}`.trimEnd();
  return entryHelp(usage, `${setting.help}${defaultHelp(setting)}`);
}

function defaultHelp(setting: Setting<unknown>): string {
  const value = setting.kind.format(setting.default);
  return value === '' ? '' : ` Default ${value}.`;
}

const INDENT = 30;

/** A usage with its text beside it, wrapped. A long usage is on a separate line. */
function entryHelp(usage: string, text: string): string {
  const lines: string[] = [];
  let line = `  ${usage}`;
  if (line.length > INDENT - 2) {
    lines.push(line);
    line = '';
  }
  line = line.padEnd(INDENT - 1);
  for (const word of text.split(' ')) {
    if (line.length + 1 + word.length > WIDTH && line.length >= INDENT) {
      lines.push(line);
      line = ' '.repeat(INDENT - 1);
    }
    line += ` ${word}`;
  }
  return [...lines, line].join('\n');
}

/** The content of docs/configuration.md. */
export function configurationMarkdown(): string {
  const sections: string[] = [];
  let group = '';
  for (const setting of settingsOf(CONFIG_SETTINGS)) {
    if (setting.group !== group) {
      group = setting.group;
      sections.push(`## ${group}\n`);
    }
    sections.push(settingMarkdown(setting));
  }
  return `# Configuration

<!-- Made from the table in src/config.ts: node dist/src/cli/sojourn.js help --markdown > docs/configuration.md -->

\`sojourn serve\` runs without any setting. Each of those below can be given in three ways, and has one name in all of them:

| way | example |
| --- | --- |
| flag | \`--grpc-port 5317\` |
| environment variable | \`SOJOURN_GRPC_PORT=5317\` |
| configuration file, \`--${CONFIG_FILE_FLAG} FILE\` or \`${variableName(CONFIG_FILE_FLAG)}=FILE\` | \`{ "grpc-port": 5317 }\` |

A flag wins over a variable, a variable over the file, the file over the default. An empty variable counts as not set.
A wrong value anywhere stops the start with one line for each mistake and exit code 2; a file that cannot be used (\`--prices\`, \`--geo-database\`, \`--data\`) or a port in use stops it with exit code 1.

Values: sizes are \`64MiB\` (2<sup>20</sup> bytes each), \`64MB\` (10<sup>6</sup>) or plain bytes; times are \`250ms\`, \`300s\`, \`5m\`, \`1h\`,
\`2d\` or plain milliseconds; switches are \`on\`, \`off\`, \`true\` or \`false\`, and a flag alone means on; lists are separated by
commas, may repeat their flag, and are arrays in the file.

${sections.join('\n')}`;
}

function settingMarkdown(setting: Setting<unknown>): string {
  const value = setting.kind.format(setting.default);
  return `### \`--${setting.flag}\`

${setting.help}

Must be ${setting.kind.allowed.replace(/,$/, '').replaceAll('*', '\\*')}. ${value === '' ? 'No default' : `Default \`${value}\``}. Variable \`${variableName(setting.flag)}\`.
`;
}
