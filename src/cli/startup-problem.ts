import { NoKeysError } from '../access/access.js';
import type { Config } from '../config.js';
import { PriceFileError } from '../normalize/own-prices.js';
import { CertificateError } from '../receiver/tls-certificate.js';
import { RedactionRulesError } from '../redact/policy.js';
import type { TypedCommand } from './invocation.js';
import { isOutOfFiles, isTight, openFilesLimit, tooFewFiles } from './open-files.js';

/** Why the server could not start, and the remedy, in one line. */
export function startupProblem(error: unknown, config: Config, typed: TypedCommand): string {
  if (error instanceof NoKeysError) return noKeys(config, typed);
  const message = error instanceof Error ? error.message : String(error);
  const isClear =
    error instanceof PriceFileError ||
    error instanceof CertificateError ||
    error instanceof RedactionRulesError;
  if (isClear) return message;
  const { code, port, syscall, path } = Object(error) as Partial<NodeJS.ErrnoException & { port: number }>;
  // gRPC wraps the system's error, and keeps only its text.
  const listenPort = port ?? Number(/:(\d+)\b(?!.*:\d)/.exec(message)?.[1] ?? Number.NaN);
  const isListening = syscall === 'listen' || syscall === 'bind' || /\blisten E|\bbind E/.test(message);

  if (code === 'EADDRINUSE' || message.includes('EADDRINUSE')) {
    const { flag, number } = portInQuestion(listenPort, config);
    return `port ${number} is in use by another program (another Sojourn?); stop that one, or choose another port with ${flag}`;
  }
  if (code === 'EADDRNOTAVAIL' || message.includes('EADDRNOTAVAIL')) {
    return `${config.host} is not an address of this machine; choose another with --host`;
  }
  if (code === 'ENOTFOUND' && syscall === 'getaddrinfo') {
    return `the name ${config.host} has no address; choose another with --host`;
  }
  if (isListening && (code === 'EACCES' || message.includes('EACCES'))) {
    const { flag, number } = portInQuestion(listenPort, config);
    return `this user may not listen on port ${number}; choose one above 1023 with ${flag}`;
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return `this user may not write to ${path ?? config.data}; choose another directory with --data`;
  }
  // Other modules have their own messages for it.
  const isMissing = /unable to open database file|Cannot find (?:package|module)/.test(message);
  if (isOutOfFiles(error) || (isMissing && isTight(openFilesLimit()))) return tooFewFiles(openFilesLimit());
  // Of SQLite (SQLITE_NOTADB and SQLITE_CORRUPT), which does not say of which file.
  if (/^(?:file is not a database|database disk image is malformed)$/.test(message)) {
    return `a database in ${config.data} is damaged; ${typed('check', `--data ${config.data}`)} says which, and what to do`;
  }
  if (code === 'ENOSPC') return `the disk that holds ${path ?? config.data} is full`;
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return `${path ?? config.data} is a file, not a directory; choose another with --data`;
  }
  return `cannot start: ${message.replace(/\s+/g, ' ').trim() || 'unknown error'}`;
}

function portInQuestion(port: number, config: Config): { flag: string; number: number } {
  return port === config.grpcPort
    ? { flag: '--grpc-port', number: port }
    : { flag: '--port', number: Number.isNaN(port) ? config.port : port };
}

function noKeys({ host, requireKeys, store, data }: Config, typed: TypedCommand): string {
  const why = requireKeys ? '--require-keys is given' : `--host ${host} is reachable from other machines`;
  const place = store === undefined ? `--data ${data}` : '--store URL';
  const create = typed('keys', `create --name admin --scope admin --all-projects ${place}`);
  const instead = requireKeys
    ? 'or leave out --require-keys'
    : 'or listen on localhost, or add --insecure if anyone there may send and read everything';
  return `${why}, and there is no API key yet; make the first one with: ${create} (${instead})`;
}
