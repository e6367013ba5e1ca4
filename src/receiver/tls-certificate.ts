import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { createSecureContext, type Server, type TlsOptions } from 'node:tls';
import type { Clock } from '../clock.js';

/** Files in PEM form: the server's certificate, followed by those up to the root, and its private key. */
export interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateEvents {
  /** Called with the certificate in use: at the start, and after each change of the files. */
  inUse(certificate: X509Certificate, isReload: boolean): void;
  /** Called when changed files cannot be used. The certificate before stays in use. */
  refused(error: CertificateError): void;
  /** Called when a client speaks without TLS to a server with TLS, for the first time. */
  plainRequest(): void;
}

/** The files cannot be used. The message says why, names the setting, and is one line. */
export class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

/** How often the files are looked at, ms. Reading two small files costs next to nothing. */
const CHECK_MS = 2_000;
/** How long a client may take for the handshake, ms. */
const HANDSHAKE_MS = 10_000;

/** What OpenSSL says of HTTP/1 and HTTP/2 without TLS. */
const PLAIN_REQUEST = new Set(['ERR_SSL_HTTP_REQUEST', 'ERR_SSL_WRONG_VERSION_NUMBER']);

interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/**
 * The certificate of all TLS servers of a process. It follows its files: new connections get the new
 * certificate, and existing ones stay. The files are compared by content, because tools replace them in many
 * ways: in place, by renaming, or by a link to another folder.
 */
export class TlsCertificate {
  readonly #files: CertificateFiles;
  readonly #clock: Clock;
  readonly #events: CertificateEvents;
  readonly #servers = new Set<Server>();
  #pair: Pair;
  /** Why the files could not be used at the latest checks, and for how many of them that has been so. */
  #trouble = { message: '', checks: 0 };
  #isPlainReported = false;
  #cancel: (() => void) | undefined;
  #isClosed = false;

  private constructor(files: CertificateFiles, pair: Pair, clock: Clock, events: CertificateEvents) {
    this.#files = files;
    this.#pair = pair;
    this.#clock = clock;
    this.#events = events;
    events.inUse(new X509Certificate(pair.cert), false);
    this.#checkLater();
  }

  /** Rejects with a `CertificateError` if the files cannot be used. */
  static async open(
    files: CertificateFiles,
    clock: Clock,
    events: CertificateEvents,
  ): Promise<TlsCertificate> {
    return new TlsCertificate(files, await readPair(files), clock, events);
  }

  /** Options of a server that is then given to `add`. */
  get options(): TlsOptions {
    return { ...this.#pair, handshakeTimeout: HANDSHAKE_MS };
  }

  /** Keeps the server's certificate up to date until it closes. */
  add(server: Server): void {
    this.#servers.add(server);
    server.once('close', () => this.#servers.delete(server));
    server.on('tlsClientError', ({ code }: NodeJS.ErrnoException) => {
      if (this.#isPlainReported || code === undefined || !PLAIN_REQUEST.has(code)) return;
      this.#isPlainReported = true;
      this.#events.plainRequest();
    });
  }

  /** Stops looking at the files. */
  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
  }

  #checkLater(): void {
    if (this.#isClosed) return;
    this.#cancel = this.#clock.after(CHECK_MS, () => {
      void this.#check().finally(() => this.#checkLater());
    });
  }

  async #check(): Promise<void> {
    try {
      const pair = await readPair(this.#files);
      this.#trouble = { message: '', checks: 0 };
      if (this.#isClosed || (pair.cert.equals(this.#pair.cert) && pair.key.equals(this.#pair.key))) return;
      for (const server of this.#servers) server.setSecureContext(pair);
      this.#pair = pair;
      this.#events.inUse(new X509Certificate(pair.cert), true);
    } catch (error) {
      if (!(error instanceof CertificateError)) throw error;
      const { message } = error;
      const checks = this.#trouble.message === message ? this.#trouble.checks + 1 : 1;
      this.#trouble = { message, checks };
      // At the first check one file may have been replaced and the other not yet.
      if (checks === 2) this.#events.refused(error);
    }
  }
}

/**
 * Returns a function that ends all connections of a server, including those whose handshake is not complete,
 * which `closeAllConnections` does not know and which would delay its close.
 */
export function trackConnections(server: Server): () => void {
  const open = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  return () => {
    for (const socket of open) socket.destroy();
  };
}

async function readPair(files: CertificateFiles): Promise<Pair> {
  const [cert, key] = await Promise.all([
    readPem('--tls-cert', files.certificate),
    readPem('--tls-key', files.key),
  ]);
  const certificate = tried(
    () => new X509Certificate(cert),
    `--tls-cert: ${files.certificate} holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----`,
  );
  if (/ENCRYPTED/.test(key.toString('latin1'))) {
    throw new CertificateError(
      `--tls-key: ${files.key} is protected by a password; use a key without one, as written by: openssl pkey -in ${files.key}`,
    );
  }
  const privateKey = tried(
    () => createPrivateKey(key),
    `--tls-key: ${files.key} holds no private key in PEM form, which begins with -----BEGIN PRIVATE KEY-----`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new CertificateError(
      `--tls-key: ${files.key} is not the key of the certificate in ${files.certificate}, whose first certificate must be the server's own`,
    );
  }
  tried(
    () => createSecureContext({ cert, key }),
    `--tls-cert: TLS cannot use the certificates in ${files.certificate} with the key in ${files.key}`,
  );
  return { cert, key };
}

async function readPem(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? 'there is no such file' : (code ?? String(error));
    throw new CertificateError(`${flag}: cannot read ${path}: ${reason}`);
  }
}

function tried<T>(make: () => T, message: string): T {
  try {
    return make();
  } catch (error) {
    const { reason } = error as { reason?: string };
    throw new CertificateError(reason === undefined ? message : `${message} (${reason})`);
  }
}
