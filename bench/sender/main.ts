/** The sending process: runs the commands of `SenderProcess` one at a time, until its parent ends. */
import { Outbox } from './outbox.js';
import type { Command, CommandMessage, Result, SenderMessage } from './protocol.js';
import { send } from './send.js';

const outboxes = new Map<number, Outbox>();

function report(message: SenderMessage): void {
  process.send?.(message);
}

function outboxOf(stream: number): Outbox {
  const outbox = outboxes.get(stream);
  if (!outbox) throw new Error(`stream ${stream} was not prepared`);
  return outbox;
}

async function run(id: number, command: Command): Promise<Result> {
  switch (command.op) {
    case 'prepare': {
      const key = command.stream.stream;
      const outbox = outboxes.get(key) ?? new Outbox(command.stream);
      outboxes.set(key, outbox);
      return outbox.prepare(command.spans, command.maxBytes);
    }
    case 'send':
      return send(outboxOf(command.stream), command, (open) => report({ type: 'window', id, open }));
    case 'discard':
      outboxOf(command.stream).discard();
      return undefined;
    case 'expect':
      return outboxOf(command.stream).expected();
  }
}

process.on('message', ({ id, command }: CommandMessage) => {
  run(id, command).then(
    (result) => report({ type: 'done', id, result }),
    (error: unknown) =>
      report({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) }),
  );
});
process.on('disconnect', () => process.exit(0));
