import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Expected } from '../generate/ledger.js';
import type {
  Command,
  CommandMessage,
  PrepareCommand,
  PrepareResult,
  Result,
  SendCommand,
  SenderMessage,
  SendResult,
} from './protocol.js';

interface Pending {
  resolve(result: Result): void;
  reject(error: Error): void;
  onWindow?: ((open: boolean) => void) | undefined;
}

/** A separate process that generates and sends telemetry, so that its cost can be separated from the server's. */
export class SenderProcess {
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  constructor() {
    const entry = fileURLToPath(new URL('./main.js', import.meta.url));
    this.#child = fork(entry, { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#child.on('message', (message: SenderMessage) => this.#receive(message));
    this.#child.on('exit', (code) => {
      for (const pending of this.#pending.values())
        pending.reject(new Error(`the sender exited with ${code}`));
      this.#pending.clear();
    });
  }

  async prepare(command: Omit<PrepareCommand, 'op'>): Promise<PrepareResult> {
    return (await this.#command({ op: 'prepare', ...command })) as PrepareResult;
  }

  /** `onWindow` is called when the window opens and when it closes. */
  async send(command: Omit<SendCommand, 'op'>, onWindow?: (open: boolean) => void): Promise<SendResult> {
    return (await this.#command({ op: 'send', ...command }, onWindow)) as SendResult;
  }

  /** Drops the waiting requests of a stream. */
  async discard(stream: number): Promise<void> {
    await this.#command({ op: 'discard', stream });
  }

  async expected(stream: number): Promise<Expected> {
    return (await this.#command({ op: 'expect', stream })) as Expected;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.disconnect();
    await exited;
  }

  /** Ends it at once if it still runs. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #command(command: Command, onWindow?: (open: boolean) => void): Promise<Result> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, onWindow });
      const message: CommandMessage = { id, command };
      this.#child.send(message);
    });
  }

  #receive(message: SenderMessage): void {
    const pending = this.#pending.get(message.id);
    if (!pending) return;
    if (message.type === 'window') {
      pending.onWindow?.(message.open);
      return;
    }
    this.#pending.delete(message.id);
    if (message.type === 'done') pending.resolve(message.result);
    else pending.reject(new Error(message.message));
  }
}
