import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Options } from './options.js';
import type { PeerLaunch } from './peers/peer.js';
import { PeerProcess } from './peers/peer-process.js';
import { SenderProcess } from './sender/sender-process.js';
import { ServerProcess } from './server-process.js';

/**
 * State that the scenarios share: the options, the processes and directories to clean up at the end, and the
 * problems of the whole run.
 */
export class Bench {
  readonly options: Options;
  /** Problems that make the run fail. */
  readonly problems: string[] = [];
  readonly #root: string;
  readonly #servers = new Set<ServerProcess>();
  readonly #senders = new Set<SenderProcess>();
  readonly #peers = new Set<PeerProcess>();
  #directories = 0;
  #peakMemory = 0;

  constructor(options: Options) {
    this.options = options;
    this.#root = mkdtempSync(join(options.data ?? tmpdir(), 'sojourn-bench-'));
  }

  /** Directory of all written data; removed by `clean`. */
  get root(): string {
    return this.#root;
  }

  /** Largest resident memory of any server so far, bytes; 0 if it cannot be read. */
  get peakMemory(): number {
    return this.#peakMemory;
  }

  progress(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  problem(text: string): void {
    this.problems.push(text);
    this.progress(`MISMATCH: ${text}`);
  }

  /** Path of a data directory that does not exist yet. */
  newDirectory(): string {
    return join(this.#root, `data-${++this.#directories}`);
  }

  /** Starts a server on the data in `directory`. */
  async startServer(directory: string): Promise<ServerProcess> {
    return this.#started(await ServerProcess.start(this.options.server, ['--data', directory]));
  }

  /** Starts a server over the PostgreSQL database with this URL. */
  async startServerOver(url: string): Promise<ServerProcess> {
    return this.#started(await ServerProcess.start(this.options.server, [], { SOJOURN_STORE: url }));
  }

  #started(server: ServerProcess): ServerProcess {
    this.#servers.add(server);
    return server;
  }

  /** Stops a server cleanly; returns how long that took, ms. */
  async stopServer(server: ServerProcess): Promise<number> {
    this.#peakMemory = Math.max(this.#peakMemory, server.peakMemory() ?? 0);
    const ms = await server.stop();
    this.#servers.delete(server);
    return ms;
  }

  startPeer(launch: PeerLaunch): Promise<PeerProcess> {
    return PeerProcess.start(launch, (peer) => this.#peers.add(peer));
  }

  async stopPeer(peer: PeerProcess): Promise<void> {
    await peer.stop();
    this.#peers.delete(peer);
  }

  startSender(): SenderProcess {
    const sender = new SenderProcess();
    this.#senders.add(sender);
    return sender;
  }

  async stopSender(sender: SenderProcess): Promise<void> {
    this.#senders.delete(sender);
    await sender.stop();
  }

  /** Descriptions of servers that ended by themselves. */
  serverFailures(): string[] {
    return [...this.#servers].flatMap((server) => server.ended ?? []);
  }

  /** Ends running processes and removes all written data. */
  clean(): void {
    for (const server of this.#servers) server.kill();
    for (const sender of this.#senders) sender.kill();
    for (const peer of this.#peers) peer.kill();
    rmSync(this.#root, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}
