/** Entry of the thread that reads large bodies of JSON; see `JsonThread`. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { MalformedRequestError, TooManyRecordsError } from '../otlp/decode.js';
import { transcodeJson } from '../otlp/decode-request.js';
import type { JsonQuestion, JsonReply } from './json-messages.js';

const port = parentPort as MessagePort;

port.on('message', (question: JsonQuestion) => {
  const reply = replyTo(question);
  port.postMessage(reply, reply.kind === 'done' ? [reply.request.bytes.buffer as ArrayBuffer] : []);
});

function replyTo({ id, signal, body }: JsonQuestion): JsonReply {
  try {
    return { kind: 'done', id, request: transcodeJson(signal, body) };
  } catch (error) {
    const { message, stack = message } = error instanceof Error ? error : new Error(String(error));
    if (error instanceof MalformedRequestError) return { kind: 'malformed', id, message };
    if (error instanceof TooManyRecordsError) return { kind: 'tooManyRecords', id, message };
    return { kind: 'failed', id, message, stack };
  }
}
