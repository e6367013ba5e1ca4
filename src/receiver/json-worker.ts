/** Entry of the thread that reads large bodies of JSON; see `JsonThread`. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { errorText, type Outcome } from '../channel.js';
import { transcodeJson } from '../otlp/decode-request.js';
import type { JsonCalls, JsonQuestion, Transcoded } from './json-messages.js';
import { senderFault } from './sender-fault.js';

const port = parentPort as MessagePort;

port.on('message', (question: JsonQuestion) => {
  const outcome = outcomeOf(question);
  const isDone = 'answer' in outcome && 'request' in outcome.answer;
  port.postMessage(outcome, isDone ? [outcome.answer.request.bytes.buffer as ArrayBuffer] : []);
});

function outcomeOf({ id, kind, args }: JsonQuestion): Outcome<JsonCalls> {
  try {
    return { id, kind, answer: transcode(args) };
  } catch (error) {
    return { id, kind, error: errorText(error) };
  }
}

function transcode({ signal, body }: JsonQuestion['args']): Transcoded {
  try {
    return { request: transcodeJson(signal, body) };
  } catch (error) {
    const fault = senderFault(error);
    if (fault === undefined) throw error;
    return fault;
  }
}
