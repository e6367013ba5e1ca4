import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMsOfTree, peakMemoryOfTree } from '../readings.js';
import type { PeerLaunch } from './peer.js';

const START_LIMIT_MS = 180_000;
const STOP_LIMIT_MS = 60_000;
const POLL_MS = 50;
const KEPT_OUTPUT = 4_000;
const PROBE_TIMEOUT_MS = 2_000;

/** A running peer with all its processes. They are one process group, so that none is left behind. */
export class PeerProcess {
  readonly launch: PeerLaunch;
  readonly #child: ChildProcess;
  #output = '';

  private constructor(launch: PeerLaunch) {
    this.launch = launch;
    this.#child = spawn(launch.command, launch.args, {
      detached: true,
      env: { ...process.env, ...launch.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.on('error', (error) => this.#keep(error.message));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#keep(text));
    }
  }

  /** Starts it. `onStart` gets the process before it is ready. Rejects if it exits or is not ready in time. */
  static async start(launch: PeerLaunch, onStart: (peer: PeerProcess) => void): Promise<PeerProcess> {
    const began = performance.now();
    const peer = new PeerProcess(launch);
    onStart(peer);
    while (!(await answers(launch.ready))) {
      if (peer.#hasEnded()) throw new Error(`it exited: ${peer.#lastOutput()}`);
      if (performance.now() - began > START_LIMIT_MS) throw new Error(`not ready: ${peer.#lastOutput()}`);
      await delay(POLL_MS);
    }
    return peer;
  }

  /** CPU time of all its processes so far, ms; undefined without /proc. */
  cpuMs(): number | undefined {
    return cpuMsOfTree(this.#child.pid ?? 0);
  }

  /** Sum of the largest resident memory of each of its processes, bytes; undefined without /proc. */
  peakMemory(): number | undefined {
    return peakMemoryOfTree(this.#child.pid ?? 0);
  }

  /** Stops it, by force if it takes too long. */
  async stop(): Promise<void> {
    if (!this.#hasEnded()) {
      const exited = once(this.#child, 'exit');
      const killer = setTimeout(() => this.kill(), STOP_LIMIT_MS);
      this.#child.kill('SIGTERM');
      await exited;
      clearTimeout(killer);
    }
    this.kill();
  }

  /** Ends the rest of its group. */
  kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // The group has no processes left.
    }
  }

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
  }

  #keep(text: string): void {
    this.#output = (this.#output + text).slice(-KEPT_OUTPUT);
  }

  #lastOutput(): string {
    return this.#output.trim().split('\n').slice(-3).join(' / ') || 'it said nothing';
  }
}

/** A free loopback port. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether something listens there and does not answer with an error. */
function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = get(url, { timeout: PROBE_TIMEOUT_MS, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve((response.statusCode ?? 500) < 500));
      response.on('error', () => resolve(false));
    });
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => asked.destroy());
  });
}
