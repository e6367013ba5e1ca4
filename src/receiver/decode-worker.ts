/** Entry of a decoding thread; see `DecodeThreads`. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { errorText, type Outcome } from '../channel.js';
import { createNormalizer } from '../normalize/create.js';
import { decodeSteps, transcodeJson } from '../otlp/decode-request.js';
import type { Steps } from '../otlp/steps.js';
import { redactorOf } from '../redact/create.js';
import { type PackedBatch, packBatch, transferOf } from '../store/contract/packed-batch.js';
import type { DecodeCalls, DecodeThreadData, ThreadRequest, ToDecodeThread } from './decode-messages.js';
import type { DecodedRecords } from './ingest.js';
import { senderFault } from './sender-fault.js';
import { AbandonedError, Turns } from './turns.js';

/** How long one request may hold the thread before others get a turn, ms. */
const SLICE_MS = 10;

const port = parentPort as MessagePort;
const { normalizer: options, limits, redaction }: DecodeThreadData = workerData;
const normalizer = await createNormalizer(options);
const redactor = redactorOf(redaction, options.userIdKey);
const turns = new Turns({ nowMs: () => performance.now(), later: setImmediate, sliceMs: SLICE_MS });
/** Running calls, and whether their result is still needed. */
const isAwaited = new Map<number, boolean>();

port.on('message', (message: ToDecodeThread) => {
  if (message.kind === 'decode') void answer(message.id, message.args);
  else if (isAwaited.has(message.id)) isAwaited.set(message.id, false);
});

async function answer(id: number, request: ThreadRequest): Promise<void> {
  isAwaited.set(id, true);
  try {
    const decoding = turns.run(decodePacked(request), () => isAwaited.get(id) === false);
    const decoded = decoding instanceof Promise ? await decoding : decoding;
    send({ id, kind: 'decode', answer: { decoded } }, transferOf(decoded.batch));
  } catch (error) {
    if (error instanceof AbandonedError) return;
    const fault = senderFault(error);
    if (fault === undefined) send({ id, kind: 'decode', error: errorText(error) });
    else send({ id, kind: 'decode', answer: fault });
  } finally {
    isAwaited.delete(id);
  }
}

function send(outcome: Outcome<DecodeCalls>, transfer: ArrayBuffer[] = []): void {
  port.postMessage(outcome, transfer);
}

function* decodePacked({
  signal,
  body,
  browserAddress,
  lacksScoreScope,
}: ThreadRequest): Steps<DecodedRecords<PackedBatch>> {
  const request = 'json' in body ? transcodeJson(signal, body.json) : body.protobuf;
  const decoded = yield* decodeSteps(
    signal,
    request,
    normalizer.fork(),
    { ...limits, connectionAddress: browserAddress, lacksScoreScope },
    redactor,
  );
  return { ...decoded, batch: yield* packBatch(decoded.batch, { asBytes: true }) };
}
