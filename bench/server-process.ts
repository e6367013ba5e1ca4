import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuMsOf, peakMemoryOf } from './readings.js';

const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 120_000;
const POLL_MS = 2;
const KEPT_OUTPUT = 4_000;
const ORIGIN = /http:\/\/(?:127\.0\.0\.1|localhost):(\d+)/g;

/** A server under test: the built program, started as a child process on free loopback ports. */
export class ServerProcess {
  readonly origin: string;
  /** From the start of the process to the first 200 of `/readyz`, ms. */
  readonly startMs: number;
  readonly #child: ChildProcess;
  readonly #output: { text: string };

  private constructor(child: ChildProcess, output: { text: string }, origin: string, startMs: number) {
    this.#child = child;
    this.#output = output;
    this.origin = origin;
    this.startMs = startMs;
  }

  /**
   * Starts `entry serve` with further arguments and environment variables. Rejects if it exits or is not ready in
   * a minute.
   */
  static async start(
    entry: string,
    more: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<ServerProcess> {
    const began = performance.now();
    const child = spawn(process.execPath, [entry, 'serve', '--port', '0', '--grpc-port', '0', ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const output = { text: '' };
    const ports = new Set<string>();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output.text = (output.text + text).slice(-KEPT_OUTPUT);
        for (const match of output.text.matchAll(ORIGIN)) ports.add(match[1]!);
      });
    }
    for (;;) {
      for (const port of ports) {
        const origin = `http://127.0.0.1:${port}`;
        if (await isReady(origin)) return new ServerProcess(child, output, origin, performance.now() - began);
      }
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the server exited with ${child.exitCode ?? child.signalCode}:\n${output.text}`);
      }
      if (performance.now() - began > START_LIMIT_MS) {
        child.kill('SIGKILL');
        throw new Error(`the server was not ready within ${START_LIMIT_MS} ms:\n${output.text}`);
      }
      await delay(POLL_MS);
    }
  }

  /** How it ended and its last output, if it no longer runs. */
  get ended(): string | undefined {
    const how = this.#child.exitCode ?? this.#child.signalCode;
    return how === null ? undefined : `the server exited with ${how}:\n${this.#output.text}`;
  }

  /** CPU time used so far, ms. */
  cpuMs(): number | undefined {
    return cpuMsOf(this.#child.pid ?? 0);
  }

  /** Largest resident memory so far, bytes. */
  peakMemory(): number | undefined {
    return peakMemoryOf(this.#child.pid ?? 0);
  }

  /**
   * Stops cleanly and resolves to how long that took, ms. Rejects if it has to be killed or exits with an
   * error.
   */
  async stop(): Promise<number> {
    const child = this.#child;
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(
        `the server had exited with ${child.exitCode ?? child.signalCode}:\n${this.#output.text}`,
      );
    }
    const began = performance.now();
    const exited = once(child, 'exit');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    child.kill('SIGTERM');
    await exited;
    clearTimeout(killer);
    if (child.exitCode !== 0) throw new Error(this.ended);
    return performance.now() - began;
  }

  /** Ends it at once if it still runs. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function isReady(origin: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request(`${origin}/readyz`, { timeout: 1000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    asked.on('error', () => resolve(false));
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.end();
  });
}
