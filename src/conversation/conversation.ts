import { DIALECTS, fromAll, GENAI_DIALECTS } from '../normalize/dialects/registry.js';
import { isToolEvent } from '../normalize/dialects/tool-events.js';
import { logIds } from '../otlp/log-ids.js';
import { readLogRecords, readSpans } from '../otlp/read.js';
import { REDACTED_BY, RETENTION_RULE } from '../redact/marks.js';
import type { StoredGroup } from '../store/contract/group.js';
import type { StoredCallRecord } from '../store/contract/usage.js';
import { isEmbeddingCall } from './embedding.js';
import { cut, type Entry, entryKey, MAX_NAME, witnessKey } from './entry.js';
import { History } from './history.js';
import {
  type EventRecord,
  type LogRecord,
  type Lookup,
  logRecord,
  lookup,
  type SpanRecord,
  spanRecord,
} from './record.js';
import { type Content, compareLogs, isMessageEvent, readContent, readEventMessage } from './sources.js';
import { isToolRun, readToolRun, type ToolRun } from './tools.js';
import type { Turn, TurnError } from './turn.js';

/**
 * The entries of a group that are shown as turns: the ones that no earlier group showed. With them the
 * group's turns can be made again without reading the earlier groups.
 */
export type ReportedGroup = readonly ShownEntry[];

interface ShownEntry {
  /** Index of the step in the group. */
  readonly step: number;
  /** Index of the entry in `entriesOf` the step. */
  readonly entry: number;
  /** The tool's name, if only a call elsewhere has it. */
  readonly name?: string;
}

/**
 * Decides which entries of a session are shown, group by group. The groups must be given in order, from the
 * first one, because an entry is shown only once. Keeps only keys of entries.
 */
export class Conversation {
  readonly #history: History;
  /** Names of tools by call id: many results have only the id. */
  readonly #toolNames: Map<string, string>;

  constructor(history = new History(), toolNames = new Map<string, string>()) {
    this.#history = history;
    this.#toolNames = toolNames;
  }

  /** An independent copy. */
  clone(): Conversation {
    return new Conversation(this.#history.clone(), new Map(this.#toolNames));
  }

  /** Approximate number of remembered entries, as a measure of memory. */
  get size(): number {
    return this.#history.size + this.#toolNames.size;
  }

  take(group: StoredGroup): { readonly reported: ReportedGroup; readonly turns: Turn[] } {
    const steps = new GroupSteps(group).steps();
    const reported = steps.flatMap((step, at): ShownEntry[] => {
      const entries = entriesOf(step);
      return this.#shown(step).map((entry) => {
        const name = this.#nameFor(entries[entry]!);
        return { step: at, entry, ...(name !== undefined && { name }) };
      });
    });
    return { reported, turns: turnsOf(group, steps, reported) };
  }

  /** Indexes of the step's entries that are shown. */
  #shown(step: Step): number[] {
    const history = this.#history;
    if (step.kind === 'message') {
      return step.entries.flatMap((entry, at) => (history.isNews(step.witness, entry) ? [at] : []));
    }
    if (step.kind === 'tool') {
      const { call, result } = step.run;
      const isCallNews = history.isNews(step.witness, call);
      const places = isCallNews ? [0] : [];
      if (step.resultFollows || result === undefined) return places;
      // A failure without any text does not replace a result that a later record reports.
      const { error = {} } = step.facts;
      const hasText = [result.tool?.result, error.type, error.message].some((part) => part !== undefined);
      const isResultNews = !hasText || history.isNews(step.witness, result);
      // A run that is new has its own result, even if an earlier run had the same one.
      return isResultNews || isCallNews ? [...places, 1] : places;
    }
    const { content, timeNs, endNs, origin, part } = step;
    const { input, output } = content;
    const shown = history.take({
      input,
      ...(content.unordered && { unordered: content.unordered }),
      output: part === 'question' ? [] : output,
      startNs: timeNs,
      endNs,
      traceId: origin.traceId ?? step.id,
      ...(part === 'answer' && { isAsked: true }),
    });
    const places = new Map([...input, ...output].map((entry, at) => [entry, at]));
    const shownPlaces = [...shown.input, ...shown.output].map((entry) => places.get(entry)!);
    // A call whose messages were not recorded is still a turn.
    const isSilent = shown.output.length === 0 && part !== 'question' && step.isBare !== true;
    return isSilent ? [...shownPlaces, input.length + output.length] : shownPlaces;
  }

  /** The name of the entry's tool, if the entry does not have it. */
  #nameFor({ tool }: Entry): string | undefined {
    if (tool?.callId === undefined) return undefined;
    if (tool.name === undefined) return this.#toolNames.get(tool.callId);
    this.#toolNames.set(tool.callId, tool.name);
    if (this.#toolNames.size > MAX_TOOL_NAMES) this.#toolNames.delete(this.#toolNames.keys().next().value!);
    return undefined;
  }
}

/** Makes the turns of a group again from the return value of `Conversation.take` for it. */
export function restoreTurns(group: StoredGroup, reported: ReportedGroup): Turn[] {
  return turnsOf(group, new GroupSteps(group).steps(), reported);
}

/** The content of the group's media with this digest, from whichever message has it. */
export function mediaContent(group: StoredGroup, digest: string): Uint8Array | undefined {
  for (const step of new GroupSteps(group).steps()) {
    for (const { media = [] } of entriesOf(step)) {
      const found = media.find((one) => one.digest === digest && one.data !== undefined);
      if (found !== undefined) return found.data!();
    }
  }
  return undefined;
}

/**
 * All entries of a step. Of a call: its input, its output, and at the end a placeholder if the answer was not
 * recorded.
 */
function entriesOf(step: Step): readonly Entry[] {
  if (step.kind === 'message') return step.entries;
  if (step.kind === 'tool') return [step.run.call, step.run.result ?? { role: 'tool_result' }];
  return [...step.content.input, ...step.content.output, { role: 'assistant' }];
}

function turnsOf(group: StoredGroup, steps: readonly Step[], reported: ReportedGroup): Turn[] {
  const { startNs, key } = group.position;
  const turns: Turn[] = [];
  let last: Step | undefined;
  let entries: readonly Entry[] = [];
  let index = 0;
  let isAnswered = false;
  for (const { step: at, entry: place, name } of reported) {
    const step = steps[at];
    if (step === undefined) continue;
    if (step !== last) {
      entries = entriesOf(step);
      index = 0;
      isAnswered = false;
    }
    last = step;
    const entry = entries[place];
    if (entry === undefined) continue;
    const isOutput = isAnswer(step, place);
    turns.push({
      ...withoutData(entry),
      ...(name !== undefined && { tool: { name, ...entry.tool } }),
      ...factsOf(step, entry, isOutput, isAnswered),
      ...step.origin,
      ...(step.contentRemoved && { contentRemoved: true as const }),
      timeNs: isOutput && step.kind !== 'message' ? step.endNs : step.timeNs,
      position: { groupNs: startNs, groupKey: key, timeNs: step.atNs, recordId: step.key, index: index++ },
    });
    isAnswered ||= isOutput;
  }
  return turns;
}

/** Whether an entry of a step came from a model or a tool. */
function isAnswer(step: Step, place: number): boolean {
  if (step.kind === 'message') return false;
  return step.kind === 'tool' ? place === 1 : place >= step.content.input.length;
}

/** Facts about an entry. Most facts of a call are at the first entry of its answer. */
function factsOf(step: Step, entry: Entry, isOutput: boolean, isAnswered: boolean): Facts {
  if (step.kind === 'message') return {};
  if (step.kind === 'tool') return isOutput ? step.facts : {};
  if (!isOutput) return step.runFacts(entry);
  return isAnswered ? step.names : { ...step.facts, ...step.names, ...finish(entry, step.finishReason) };
}

/** Turns do not contain the content of media: pages would be too large. */
function withoutData({ media, ...entry }: Entry): Entry {
  return media === undefined ? entry : { ...entry, media: media.map(({ data: _, ...one }) => one) };
}

function hasLostContent(attributes: SpanRecord['attributes']): boolean {
  const rules = attributes.get(REDACTED_BY);
  return Array.isArray(rules) && rules.includes(RETENTION_RULE);
}

const MAX_TOOL_NAMES = 10_000;
/** Maximum number of ancestors of a call that are searched. */
const MAX_ABOVE = 64;
/** Maximum number of tool requests that are compared with a run, if neither has an id. */
const MAX_REQUESTS = 32;
const REQUEST_IDS = fromAll(({ conversation }) => conversation?.requestIds);
const STATUS_ERROR = 2;
/** Log records of one answer are at most this far apart. */
const SAME_MOMENT_NS = 1_000_000_000n;

type Names = Pick<Turn, 'model' | 'provider'>;
type Facts = Omit<Partial<Turn>, 'position' | 'role'>;
type Origin = Pick<Turn, 'traceId' | 'spanId' | 'logId'>;

interface StepBase {
  readonly id: string;
  /** The position of the step: usually its time. */
  readonly atNs: bigint;
  /** Orders steps at the same position. */
  readonly key: string;
  readonly timeNs: bigint;
  readonly origin: Origin;
  readonly contentRemoved?: true;
}

/** The content of one record. */
type Step =
  | (StepBase & {
      readonly kind: 'call';
      readonly endNs: bigint;
      readonly content: Content;
      readonly names: Names;
      readonly facts: Facts;
      readonly finishReason: string | undefined;
      readonly isEmbedding: boolean;
      /** Contains nothing besides its messages. */
      readonly isBare?: true;
      /** Which half of a call this is, if tool runs inside of the call are between its two halves. */
      readonly part?: 'question' | 'answer';
      /** The facts of the tool run whose result is in the input. Must be called once for each run. */
      readonly runFacts: (result: Entry) => Facts;
    })
  | (StepBase & { readonly kind: 'message'; readonly entries: readonly Entry[]; readonly witness: string })
  | (StepBase & {
      readonly kind: 'tool';
      readonly endNs: bigint;
      readonly run: ToolRun;
      /** The entry of an answer that requested the run. */
      readonly request: Entry | undefined;
      readonly witness: string;
      /** The result is in the input of a later call. */
      readonly resultFollows: boolean;
      readonly facts: Facts;
    });

type CallStep = Extract<Step, { kind: 'call' }>;
type ToolStep = Extract<Step, { kind: 'tool' }>;
const NOTHING: Content = { input: [], output: [], events: new Set() };

/** Converts the records of a group to steps. */
class GroupSteps {
  readonly #traceId: string | undefined;
  readonly #usageRecords: readonly StoredCallRecord[];
  readonly #spans: ReadonlyMap<string, SpanRecord>;
  readonly #logs: readonly LogRecord[];
  readonly #logsById: ReadonlyMap<string, LogRecord>;
  /** Other records of a counted call, by its id. */
  readonly #views = new Map<string, string[]>();
  /** Log records with the messages of a counted call, by its id. */
  readonly #joined = new Map<string, LogRecord[]>();
  readonly #dialects = new Map<string, string>();
  readonly #below = new Map<string, string[]>();
  /** Log records of calls for which another record counts. */
  readonly #duplicates = new Set<string>();
  /** Message events that were read as part of a call. */
  readonly #used = new Set<EventRecord>();
  readonly #contents = new Map<string, Content>();
  /** Facts of tool runs, by the key of the result in a call's input. */
  readonly #runFacts = new Map<string, Facts[]>();
  #likely: ReadonlySet<string> | undefined;
  #silentLast: ReadonlyMap<string, string> | undefined;

  constructor(group: StoredGroup) {
    this.#traceId = group.traceId;
    // Neither a sum nor the rest of one has messages.
    this.#usageRecords = group.usageRecords.filter(({ usage }) => usage.kind !== 'sum');
    this.#spans = new Map(readSpans(group.spans).map((span) => [span.span_id, spanRecord(span)]));
    const ids = logIds(group.logs);
    this.#logs = readLogRecords(group.logs)
      .map((log, index) => logRecord(log, ids[index]!))
      .sort(compareLogs);
    for (const { span } of this.#spans.values()) {
      const { parent_span_id: parent } = span;
      if (parent !== undefined) append(this.#below, parent, span.span_id);
    }
    this.#logsById = new Map(this.#logs.map((log) => [log.id, log]));
    for (const { record, usage, by } of this.#usageRecords) {
      const id = record.spanId ?? record.logId;
      if (id === undefined) continue;
      this.#dialects.set(id, usage.dialect);
      const counted = by?.spanId ?? by?.logId;
      if (counted === undefined || usage.kind !== 'call') continue;
      if (record.logId !== undefined) this.#duplicates.add(record.logId);
      append(this.#views, counted, id);
    }
    const messages = this.#logs.filter(({ name }) => isMessageEvent(name));
    const ofUsageRecord = (log: LogRecord) =>
      this.#spanOf(log) !== undefined && this.#dialects.has(log.log.span_id!);
    this.#giveToSpans(messages.filter(ofUsageRecord));
    const joined = this.#join(messages.filter((log) => !ofUsageRecord(log) && !this.#dialects.has(log.id)));
    this.#giveToSpans(messages.filter((log) => !ofUsageRecord(log) && !joined.has(log)));
    for (const log of joined) this.#used.add(log);
    this.#giveToSpans(this.#logs.filter(isException));
  }

  #spanOf({ log }: LogRecord): SpanRecord | undefined {
    return log.span_id === undefined ? undefined : this.#spans.get(log.span_id);
  }

  /** Makes log records that name a span events of that span. */
  #giveToSpans(logs: readonly LogRecord[]): void {
    const spans = new Set<SpanRecord>();
    for (const log of logs) {
      const span = this.#spanOf(log);
      span?.events.push(log);
      if (span !== undefined) spans.add(span);
    }
    for (const { events } of spans) events.sort(byTime);
  }

  /**
   * Assigns log records without a call to their call:
   * - An answer belongs to the call of its request. Without one, it belongs to the nearest call in time that
   *   has no answer, below the span that the record names, if any.
   * - Messages of both sides belong to a log record of the same moment.
   */
  #join(logs: readonly LogRecord[]): ReadonlySet<LogRecord> {
    const joined = new Set<LogRecord>();
    if (logs.length === 0) return joined;
    const give = (log: LogRecord, id: string): void => {
      append(this.#joined, id, log);
      joined.add(log);
    };
    const counted = this.#usageRecords.filter(isReportedHere).flatMap(placeOf);
    const answers = logs.filter((log) => readEventMessage(log).isOutput);
    const byRequest = new Map(counted.flatMap(({ id, callIds }) => callIds.map((callId) => [callId, id])));
    for (const log of answers) {
      const id = requestsOf(log)
        .map((request) => byRequest.get(request))
        .find((known) => known !== undefined);
      if (id !== undefined) give(log, id);
    }
    const calls = counted.map(({ id, timeNs }) => ({
      id,
      timeNs: this.#spans.get(id)?.span.end_time_unix_nano ?? timeNs,
      within: new Set(this.#spans.has(id) ? [id, ...this.#above(id)] : this.#around(id)),
    }));
    const silent = new Set(calls.filter(({ id }) => this.#reportedContent(id).content.output.length === 0));
    for (const log of answers) {
      if (requestsOf(log).length > 0 || isConventional(log)) continue;
      const span = this.#spanOf(log)?.span.span_id;
      const call = nearestTo(log.timeNs, silent, ({ within }) =>
        span === undefined ? within.size === 0 : within.has(span),
      );
      if (call !== undefined && silent.delete(call)) give(log, call.id);
    }
    const alone = new Set(calls.filter(({ within }) => within.size === 0));
    for (const log of logs) {
      if (!isDetails(log) || this.#spanOf(log) !== undefined) continue;
      const call = nearestTo(log.timeNs, alone, () => true);
      if (call === undefined || apart(call.timeNs, log.timeNs) > SAME_MOMENT_NS) continue;
      alone.delete(call);
      give(log, call.id);
    }
    return joined;
  }

  steps(): Step[] {
    const calls = this.#calls();
    const said = calls.filter(({ isEmbedding }) => !isEmbedding);
    const runs = this.#toolRuns(said);
    const steps: Step[] = [...this.#aroundRuns(said, runs), ...this.#messages(calls), ...runs];
    const lost = this.#withoutContent();
    return steps
      .map((step) => (lost.has(step.id) ? { ...step, contentRemoved: true as const } : step))
      .sort(order);
  }

  /** Ids of records that have lost content by retention, and of spans that log records of such name. */
  #withoutContent(): ReadonlySet<string> {
    const found = new Set<string>();
    for (const [id, { attributes }] of this.#spans) if (hasLostContent(attributes)) found.add(id);
    for (const { id, log, attributes } of this.#logs) {
      if (!hasLostContent(attributes)) continue;
      found.add(id);
      if (log.span_id !== undefined) found.add(log.span_id);
    }
    return found;
  }

  /**
   * Calls; a call with tool runs inside is split in two halves. The model's answer at the end of such a call
   * comes after the tools ran.
   */
  #aroundRuns(calls: readonly CallStep[], runs: readonly ToolStep[]): CallStep[] {
    const inside = new Map<string, ToolStep[]>();
    for (const run of runs) {
      for (const id of this.#around(run.id)) append(inside, id, run);
    }
    return calls.flatMap((call) => {
      const { content, endNs } = call;
      // A run that the answer requested comes after it, even if the span of the call is still open.
      const isInside = inside
        .get(call.id)
        ?.some(({ request }) => request === undefined || !content.output.includes(request));
      if (isInside !== true || call.atNs === endNs) return [call];
      return [
        { ...call, part: 'question' },
        { ...call, part: 'answer', atNs: endNs },
      ];
    });
  }

  /** The counted calls. A call without messages gets those of a record near it. */
  #calls(): CallStep[] {
    const { counted, sums } = this.#counted();
    const reporting = new Set<string>();
    for (const { record } of counted) {
      const id = record.spanId ?? record.logId;
      if (id === undefined || !hasContent(this.#reportedContent(id).content)) continue;
      for (const above of this.#around(id)) reporting.add(above);
    }
    const steps: CallStep[] = [];
    /** Calls whose messages are together in a record around them. */
    const around = new Map<string, StoredCallRecord[]>();
    for (const call of counted) {
      const id = call.record.spanId ?? call.record.logId;
      if (id === undefined) continue;
      const reported = this.#reportedContent(id);
      const source = hasContent(reported.content) ? undefined : this.#sourceAround(id, reporting);
      if (source === undefined) {
        const usageRecords = [call, ...(sums.get(call) ?? [])];
        steps.push(this.#call(usageRecords, reported.by, this.#withInput(reported.by, reported.content)));
      } else {
        append(around, source, call);
      }
    }
    for (const [source, calls] of around) {
      const [first, ...others] = calls;
      const own = others.length === 0 ? first?.record.spanId : undefined;
      const usageRecords = [...calls, ...calls.flatMap((call) => sums.get(call) ?? [])];
      steps.push(this.#call(usageRecords, own ?? source, this.#withInput(source, this.#content(source))));
    }
    for (const { content } of steps) for (const event of content.events) this.#used.add(event);
    // An outer call received the messages of the calls inside of it, although its span begins before theirs.
    const outer = new Set(steps.flatMap(({ id }) => this.#above(id)));
    return steps.map((step) => (outer.has(step.id) ? { ...step, atNs: step.endNs } : step));
  }

  /**
   * The counted records that are calls, and separately records that only count for numbers of calls below
   * them, such as the total of an agent. The final result of an agent is the answer of a call, so the agent
   * is not a turn. Its numbers are shown at the last of those calls.
   */
  #counted(): { counted: StoredCallRecord[]; sums: ReadonlyMap<StoredCallRecord, StoredCallRecord[]> } {
    const all = this.#usageRecords.filter(isReportedHere);
    const sums = new Map<StoredCallRecord, StoredCallRecord[]>();
    const counted: StoredCallRecord[] = [];
    const lastBelow = new Map<string, StoredCallRecord>();
    for (const call of all) {
      if (SUMS.has(call.usage.kind)) continue;
      for (const above of this.#around(call.record.spanId ?? call.record.logId ?? ''))
        lastBelow.set(above, call);
    }
    for (const usageRecord of all) {
      const id = usageRecord.record.spanId ?? '';
      const last = SUMS.has(usageRecord.usage.kind) ? lastBelow.get(id) : undefined;
      const isTurn =
        usageRecord.usage.kind === 'wrapper' && (last === undefined || this.#hasOwnAnswer(id, all));
      if (isTurn || !SUMS.has(usageRecord.usage.kind)) counted.push(usageRecord);
      else if (last !== undefined) append(sums, last, usageRecord);
    }
    return { counted, sums };
  }

  /**
   * Whether the agent's answer differs from all answers of the calls below it. False if those have no
   * answers.
   */
  #hasOwnAnswer(id: string, usageRecords: readonly StoredCallRecord[]): boolean {
    const { output } = this.#content(id);
    const below = usageRecords
      .map(({ record }) => record.spanId ?? record.logId ?? '')
      .filter((one) => one !== id && this.#around(one).includes(id));
    const answers = new Set(below.flatMap((one) => this.#reportedContent(one).content.output.map(entryKey)));
    return answers.size > 0 && output.some((entry) => !answers.has(entryKey(entry)));
  }

  /**
   * The messages of a call, each half from the record that has most of it, and the id of the record that
   * represents the call.
   */
  #reportedContent(id: string): { readonly content: Content; readonly by: string } {
    const others = [...(this.#views.get(id) ?? []), ...(this.#joined.get(id) ?? []).map((log) => log.id)];
    const reporting = [id, ...others].filter((one) => hasContent(this.#content(one)));
    const contents = reporting.map((one) => this.#content(one));
    const [first] = contents;
    if (first === undefined) return { content: NOTHING, by: id };
    const input = mostOf(contents, 'input');
    const output = mostOf(contents, 'output');
    const content =
      input === output
        ? input
        : { ...input, output: output.output, events: new Set([...input.events, ...output.events]) };
    return { content, by: this.#spans.has(id) ? id : reporting[0]! };
  }

  /** The nearest record around a call with messages, unless another call inside of that record has its own. */
  #sourceAround(id: string, reporting: ReadonlySet<string>): string | undefined {
    for (const above of this.#around(id)) {
      if (reporting.has(above)) return undefined;
      if (hasContent(this.#content(above))) return above;
    }
    return undefined;
  }

  /** The spans around a record, nearest first. Of a log record, this includes the span that it names. */
  #around(id: string): string[] {
    const log = this.#spans.has(id) ? undefined : this.#logsById.get(id);
    const named = log && this.#spanOf(log)?.span.span_id;
    return named === undefined ? this.#above(id) : [named, ...this.#above(named)];
  }

  /**
   * The content of a call. If it has only the answer, the input comes from the nearest span around it that
   * has one.
   */
  #withInput(id: string, content: Content): Content {
    const { input, output } = content;
    if (output.length === 0) return this.#withOutput(id, content);
    if (input.some(isSaid)) return content;
    const around = this.#around(id)
      .map((above) => this.#content(above))
      .find((above) => above.input.some(isSaid));
    if (around === undefined) return content;
    if (input.length === 0)
      return { ...around, output, events: new Set([...content.events, ...around.events]) };
    return { ...content, input: [...input, ...around.input.filter(isSaid)] };
  }

  /**
   * A call with only input gets the answer of the nearest span around it that has one, unless a call inside
   * of that span has its own answer.
   */
  #withOutput(id: string, content: Content): Content {
    const span = this.#spans.get(id);
    if (!content.input.some(isSaid) || span === undefined || errorOf(span) !== undefined) return content;
    this.#silentLast ??= this.#findSilentLast();
    for (const above of this.#around(id)) {
      const { output, events } = this.#content(above);
      if (output.length === 0) continue;
      if (this.#silentLast.get(above) !== id) return content;
      return { ...content, output, events: new Set([...content.events, ...events]) };
    }
    return content;
  }

  /** By span: the last call inside of it, if no call inside of it has an answer. */
  #findSilentLast(): ReadonlyMap<string, string> {
    const last = new Map<string, { readonly id: string; readonly timeNs: bigint }>();
    const reporting = new Set<string>();
    for (const { record, usage, timeNs, reason } of this.#usageRecords) {
      const id = record.spanId ?? record.logId;
      if (id === undefined || reason !== undefined || usage.kind !== 'call') continue;
      const isReporting = this.#reportedContent(id).content.output.length > 0;
      for (const above of this.#around(id)) {
        const known = last.get(above);
        if (isReporting) reporting.add(above);
        if (known === undefined || known.timeNs < timeNs || (known.timeNs === timeNs && known.id < id)) {
          last.set(above, { id, timeNs });
        }
      }
    }
    return new Map([...last].flatMap(([above, { id }]) => (reporting.has(above) ? [] : [[above, id]])));
  }

  #call(calls: readonly StoredCallRecord[], id: string, content: Content): CallStep {
    const [first, last] = [calls[0]!, calls.at(-1)!];
    const span = this.#spans.get(id);
    const log = span === undefined ? this.#logsById.get(id) : undefined;
    const timeNs = span?.span.start_time_unix_nano ?? first.timeNs;
    const endNs = span === undefined ? timeNs : maxOf(timeNs, span.span.end_time_unix_nano);
    const attributes: Lookup = lookup(span ?? log ?? { attributes: new Map() });
    const named = calls.findLast(({ usage }) => !SUMS.has(usage.kind)) ?? last;
    const { model, provider } = named.usage;
    const sum = (tokens: 'inputTokens' | 'outputTokens'): number | undefined => {
      const known = calls.flatMap(({ usage, reason }) => (reason === undefined ? (usage[tokens] ?? []) : []));
      return known.length === 0 ? undefined : known.reduce((total, one) => total + one, 0);
    };
    const [inputTokens, outputTokens] = [sum('inputTokens'), sum('outputTokens')];
    const latencyMs = span === undefined ? durationOf(attributes) : Number(endNs - timeNs) / 1e6;
    const finishReason = finishReasonOf(attributes);
    const error =
      span === undefined
        ? errorOfLog(attributes)
        : (errorOf(span) ??
          (content.output.length === 0 ? this.#errorBeside(span, finishReason) : undefined));
    const isEmbedding = isEmbeddingCall(model, span?.span.name, attributes);
    return {
      kind: 'call',
      id,
      atNs: timeNs,
      key: keyOf(id, timeNs, endNs),
      timeNs,
      endNs,
      origin: this.#origin(id),
      content,
      names: { ...(model !== undefined && { model }), ...(provider !== undefined && { provider }) },
      facts: {
        ...(inputTokens !== undefined && { inputTokens }),
        ...(outputTokens !== undefined && { outputTokens }),
        ...(latencyMs !== undefined && { latencyMs }),
        ...(error && { error }),
      },
      finishReason,
      isEmbedding,
      runFacts: this.#factsOfRun,
    };
  }

  /** The facts of the tool run that gave this result. */
  readonly #factsOfRun = (result: Entry): Facts =>
    (result.role === 'tool_result' && this.#runFacts.get(witnessKey(result) ?? '')?.shift()) || {};

  /** Why a call has no answer, if its own status does not say. */
  #errorBeside(span: SpanRecord, finishReason: string | undefined): TurnError | undefined {
    if (span.events.some(isException)) return failure(span);
    // The last attempt of the call decides.
    const last = (this.#below.get(span.span.span_id) ?? [])
      .map((id) => this.#spans.get(id)!)
      .sort((a, b) => order(ending(b), ending(a)))[0];
    const below = last && errorOf(last);
    if (below !== undefined || finishReason !== 'error') return below;
    const above = this.#above(span.span.span_id).map((id) => errorOf(this.#spans.get(id)!));
    return above.find((error) => error !== undefined) ?? {};
  }

  /** Log records that are messages and belong to no call: single ones, or the exchanges that they form. */
  #messages(calls: readonly CallStep[]): Step[] {
    const reporting = new Set(calls.flatMap(({ id }) => [id, ...this.#above(id)]));
    for (const { record } of this.#usageRecords)
      if (record.spanId !== undefined) reporting.add(record.spanId);
    const counted = new Set(calls.map(({ id }) => id));
    const steps: Step[] = [];
    let exchange: LogRecord[] = [];
    for (const log of this.#logs) {
      if (!isMessageEvent(log.name) || this.#used.has(log)) continue;
      if (counted.has(log.id) || this.#duplicates.has(log.id)) continue;
      // Other records of a call only repeat its history.
      if (isConventional(log) && log.log.span_id !== undefined && reporting.has(log.log.span_id)) continue;
      if (!isConventional(log)) {
        const { entries } = readEventMessage(log);
        const step = {
          kind: 'message',
          id: log.id,
          atNs: log.timeNs,
          key: keyOf(log.id, log.timeNs, log.timeNs),
          timeNs: log.timeNs,
          origin: this.#origin(log.id),
        } as const;
        if (entries.length > 0) steps.push({ ...step, entries, witness: log.name });
        continue;
      }
      exchange.push(log);
      if (readEventMessage(log).isOutput || isDetails(log)) {
        steps.push(this.#exchange(exchange));
        exchange = [];
      }
    }
    if (exchange.length > 0) steps.push(this.#exchange(exchange));
    return steps;
  }

  #exchange(logs: readonly LogRecord[]): CallStep {
    const last = logs.at(-1)!;
    return {
      kind: 'call',
      id: last.id,
      atNs: last.timeNs,
      key: keyOf(last.id, last.timeNs, last.timeNs),
      timeNs: last.timeNs,
      endNs: last.timeNs,
      origin: this.#origin(last.id),
      content: readContent({ attributes: last.attributes, events: logs }, undefined),
      names: {},
      facts: {},
      finishReason: undefined,
      isEmbedding: false,
      isBare: true,
      runFacts: this.#factsOfRun,
    };
  }

  /** Tool runs. The messages of the group's calls decide which ids are known. */
  #toolRuns(calls: readonly CallStep[]): ToolStep[] {
    const requested = calls.flatMap(({ content }) =>
      content.output.filter(({ role }) => role === 'tool_call'),
    );
    const resultsInInput = calls.flatMap(({ content }) =>
      content.input.filter(({ role }) => role === 'tool_result'),
    );
    /** Keys of results in messages of calls, by the same keys without the id. */
    const results = new Map<string | undefined, string>();
    for (const result of resultsInInput.toReversed()) {
      const key = witnessKey(result)!;
      if (result.tool?.result !== undefined) results.set(witnessKey(withoutId(result)), key);
    }
    for (const result of resultsInInput) results.set(witnessKey(result), witnessKey(result)!);
    const claimed = new Map<string, Set<Entry>>();
    return this.#foundRuns().map(({ id, timeNs, endNs, run: found, witness, facts }) => {
      const claims = claimed.get(witness) ?? new Set();
      claimed.set(witness, claims);
      const { run: known, request } = withId(found, requested, claims);
      const run = withFailure(known, facts);
      const key = [run.result, found.result && withoutId(found.result), found.result]
        .filter((result) => result !== undefined && isKnownResult(result))
        .map((result) => results.get(witnessKey(result!)))
        .find((result) => result !== undefined);
      if (key !== undefined) append(this.#runFacts, key, facts);
      return {
        kind: 'tool',
        id,
        atNs: timeNs,
        key: keyOf(id, timeNs, endNs),
        timeNs,
        endNs,
        origin: this.#origin(id),
        run,
        request,
        witness,
        resultFollows: key !== undefined,
        facts,
      };
    });
  }

  /** The tool runs in spans and log records, by start time. */
  #foundRuns(): FoundRun[] {
    const runs: FoundRun[] = [];
    const bySpan = new Map<string, FoundRun & { readonly scope: string }>();
    const spans = [...this.#spans.values()].filter(isToolRun);
    for (const record of spans.sort((a, b) => order(beginning(a), beginning(b)))) {
      const { span_id: id, start_time_unix_nano: startNs, end_time_unix_nano } = record.span;
      const endNs = maxOf(startNs, end_time_unix_nano);
      const error = errorOf(record);
      const scope = record.span.instrumentation_scope?.name ?? '';
      const found = {
        id,
        timeNs: startNs,
        endNs,
        scope,
        witness: `tool span of ${scope}`,
        run: readToolRun(record, record.events, record.span.name),
        facts: { latencyMs: Number(endNs - startNs) / 1e6, ...(error && { error }) },
      };
      const around = this.#above(id)
        .map((above) => bySpan.get(above))
        .find((above) => above !== undefined);
      if (around !== undefined && around.scope !== scope && isSameRun(around.run, found.run)) {
        // Two instrumentations report one run. Fields that the outer one leaves out come from the inner one.
        const merged = {
          ...around,
          run: mergedRun(around.run, found.run),
          facts: { ...found.facts, ...around.facts },
        };
        runs[runs.indexOf(around)] = merged;
        bySpan.set(around.id, merged);
        bySpan.set(id, merged);
      } else {
        runs.push(found);
        bySpan.set(id, found);
      }
    }
    for (const log of this.#logs) {
      if (!isToolEvent(log.name)) continue;
      const get = lookup(log);
      const [latencyMs, error] = [durationOf(get), errorOfLog(get)];
      const facts = { ...(latencyMs !== undefined && { latencyMs }), ...(error && { error }) };
      const run = readToolRun(log, []);
      runs.push({ id: log.id, timeNs: log.timeNs, endNs: log.timeNs, witness: log.name, run, facts });
    }
    return runs;
  }

  #content(id: string): Content {
    let content = this.#contents.get(id);
    if (content === undefined) {
      const span = this.#spans.get(id);
      const log = span === undefined ? this.#logsById.get(id) : undefined;
      const record = span ?? (log && { ...log, events: [log] });
      const known = this.#dialects.get(id);
      const dialects = known === undefined ? this.#likelyDialects : [known];
      content = NOTHING;
      for (const dialect of record === undefined ? [] : dialects) {
        content = readContent(record!, dialect);
        if (hasContent(content)) break;
      }
      this.#contents.set(id, content);
    }
    return content;
  }

  /** Dialects to try for a record without usage that no dialect recognized: those of the group first. */
  get #likelyDialects(): ReadonlySet<string> {
    this.#likely ??= new Set([...this.#dialects.values(), ...GENAI_DIALECTS.map(({ name }) => name)]);
    return this.#likely;
  }

  /** The spans above a span, nearest first. Stops at a cycle. */
  #above(id: string): string[] {
    const found = new Set<string>();
    for (let at = this.#spans.get(id)?.span.parent_span_id; at !== undefined && at !== id; ) {
      if (found.size === MAX_ABOVE || found.has(at) || !this.#spans.has(at)) break;
      found.add(at);
      at = this.#spans.get(at)?.span.parent_span_id;
    }
    return [...found];
  }

  #origin(id: string): Origin {
    return {
      ...(this.#traceId !== undefined && { traceId: this.#traceId }),
      ...(this.#spans.has(id) ? { spanId: id } : { logId: id }),
    };
  }
}

/** A tool run in one record. */
interface FoundRun {
  readonly id: string;
  readonly timeNs: bigint;
  readonly endNs: bigint;
  readonly run: ToolRun;
  /** The kind of the record. Two records of the same kind are two runs. */
  readonly witness: string;
  readonly facts: Facts;
}

/** Whether two records may report the same run: their ids and tools do not conflict. */
function isSameRun(outer: ToolRun, inner: ToolRun): boolean {
  const [a, b] = [outer.call.tool ?? {}, inner.call.tool ?? {}];
  if (a.callId !== undefined && b.callId !== undefined && a.callId !== b.callId) return false;
  return a.name === undefined || b.name === undefined || a.name === b.name;
}

function mergedRun(outer: ToolRun, inner: ToolRun): ToolRun {
  const tool = { ...inner.call.tool, ...outer.call.tool };
  const { name, callId } = tool;
  const known = { ...(name !== undefined && { name }), ...(callId !== undefined && { callId }) };
  const result = outer.result ?? inner.result;
  return {
    call: { ...outer.call, tool },
    ...(result && { result: { ...result, tool: { ...result.tool, ...known } } }),
  };
}

/** A run that failed without a result has its error as the result. */
function withFailure(run: ToolRun, { error }: Facts): ToolRun {
  if (run.result !== undefined || error === undefined) return run;
  const { name, callId } = run.call.tool ?? {};
  const tool = { ...(name !== undefined && { name }), ...(callId !== undefined && { callId }) };
  return { ...run, result: { role: 'tool_result', tool } };
}

/** Whether a result can be recognized. */
function isKnownResult({ tool }: Entry): boolean {
  return tool?.callId !== undefined || tool?.result !== undefined;
}

/** A run with the id of the call that requested it, and that call if a message has it. */
function withId(
  run: ToolRun,
  requested: readonly Entry[],
  claimed: Set<Entry>,
): { run: ToolRun; request: Entry | undefined } {
  const { callId, name } = run.call.tool ?? {};
  const isOpen = (entry: Entry): boolean => !claimed.has(entry);
  const named = requested
    .filter((entry) => entry.tool?.name === name && isOpen(entry))
    .slice(0, MAX_REQUESTS);
  const own = callId && requested.find((entry) => entry.tool?.callId === callId && isOpen(entry));
  const alike = named.find((entry) => witnessKey(withoutId(entry)) === witnessKey(withoutId(run.call)));
  const request = own || alike || (callId === undefined ? named[0] : undefined);
  if (request === undefined) return { run, request };
  claimed.add(request);
  const id = request.tool?.callId;
  // Frameworks assign their own ids if the answer has none. The ids in messages are used.
  const known = (entry: Entry): Entry => {
    const { tool, ...rest } = withoutId(entry);
    return { ...rest, tool: { ...tool, ...(id !== undefined && { callId: id }) } };
  };
  const call = known(run.call);
  return {
    run: {
      call: { ...call, tool: { ...call.tool, ...request.tool } },
      ...(run.result && { result: known(run.result) }),
    },
    request,
  };
}

/** Kinds of records that count for numbers of calls below them. */
const SUMS: ReadonlySet<string> = new Set(['wrapper', 'rest']);

/** The reason of a call that another session reports as well and that does not count here. */
const ELSEWHERE: string = 'counted_in_other_session';

/**
 * Whether a call is shown in this session: if it counts, or if its numbers count in another session. So this
 * depends on no other session.
 */
function isReportedHere({ reason }: StoredCallRecord): boolean {
  return reason === undefined || reason === ELSEWHERE;
}

function withoutId({ tool, ...entry }: Entry): Entry {
  const { callId: _, ...rest } = tool ?? {};
  return { ...entry, tool: rest };
}

/**
 * The content with the most entries in this half. Ties go to the one with more ids of tool calls, then to the
 * first.
 */
function mostOf(contents: readonly Content[], half: 'input' | 'output'): Content {
  const ids = (content: Content) => content[half].filter(({ tool }) => tool?.callId !== undefined).length;
  return contents.reduce((most, one) => {
    const more = one[half].length - most[half].length || ids(one) - ids(most);
    return more > 0 ? one : most;
  });
}

function placeOf({ record, timeNs, usage }: StoredCallRecord): {
  id: string;
  timeNs: bigint;
  callIds: readonly string[];
}[] {
  const id = record.spanId ?? record.logId;
  return id === undefined ? [] : [{ id, timeNs, callIds: usage.callIds ?? [] }];
}

function requestsOf({ attributes }: LogRecord): string[] {
  return REQUEST_IDS.map((key) => attributes.get(key)).filter((id) => typeof id === 'string');
}

function nearestTo<T extends { readonly timeNs: bigint }>(
  timeNs: bigint,
  places: Iterable<T>,
  suits: (place: T) => boolean,
): T | undefined {
  let nearest: T | undefined;
  for (const place of places) {
    if (nearest !== undefined && apart(place.timeNs, timeNs) >= apart(nearest.timeNs, timeNs)) continue;
    if (suits(place)) nearest = place;
  }
  return nearest;
}

function apart(a: bigint, b: bigint): bigint {
  return a > b ? a - b : b - a;
}

function isConventional({ name }: LogRecord): boolean {
  return name.startsWith('gen_ai.');
}

function isDetails({ name }: LogRecord): boolean {
  return name === 'gen_ai.client.inference.operation.details';
}

function isSaid({ role }: Entry): boolean {
  return role !== 'system';
}

function hasContent({ input, output }: Content): boolean {
  return input.length > 0 || output.length > 0;
}

const FINISH_KEYS = fromAll(({ conversation }) => conversation?.finishReasons);
const FAILURES = DIALECTS.flatMap(({ conversation }) => conversation?.failedWhere ?? []);
const FAILURE_TEXTS = fromAll(({ conversation }) => conversation?.failures);

function finishReasonOf(get: Lookup): string | undefined {
  for (const key of FINISH_KEYS) {
    const value = get(key);
    const reason = Array.isArray(value) ? value[0] : value;
    if (typeof reason !== 'string' || reason === '') continue;
    return /^\["([^"]{1,64})"/.exec(reason)?.[1] ?? cut(reason, MAX_NAME);
  }
  return undefined;
}

function finish(entry: Entry, finishReason: string | undefined): Facts {
  return entry.finishReason === undefined && finishReason !== undefined ? { finishReason } : {};
}

function errorOf(record: SpanRecord): TurnError | undefined {
  const failed =
    record.span.status.code === STATUS_ERROR ||
    FAILURES.some(({ key, value }) => record.attributes.get(key) === value);
  return failed ? failure(record) : undefined;
}

/**
 * Of the span's own events and of the log records that name it: `exception`,
 * `gen_ai.client.operation.exception`.
 */
function isException({ name, attributes }: EventRecord): boolean {
  if (name === 'exception') return true;
  return attributes.has('exception.type') || attributes.has('exception.message');
}

function failure({ span, attributes, events }: SpanRecord): TurnError {
  const exception = events.find(isException)?.attributes;
  const type = attributes.get('error.type') ?? exception?.get('exception.type');
  const message =
    span.status.message ??
    attributes.get('error.message') ??
    FAILURE_TEXTS.map((key) => attributes.get(key)).find((text) => text !== undefined && text !== null) ??
    exception?.get('exception.message');
  return turnError(type, message);
}

function errorOfLog(get: Lookup): TurnError | undefined {
  const [type, message] = [get('error.type'), get('error.message') ?? get('error')];
  const failed = get('success') === false || get('success') === 'false';
  const known = [type, message].some((text) => typeof text === 'string' && text !== '');
  return failed || known ? turnError(type, message) : undefined;
}

function turnError(type: unknown, message: unknown): TurnError {
  return {
    ...(typeof type === 'string' && type !== '' && { type: cut(type, MAX_NAME) }),
    ...(typeof message === 'string' && message !== '' && { message: cut(message, MAX_NAME) }),
  };
}

function durationOf(get: Lookup): number | undefined {
  const value = get('duration_ms');
  const duration = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof duration === 'number' && Number.isFinite(duration) && duration >= 0 ? duration : undefined;
}

function append<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

type Place = Pick<StepBase, 'atNs' | 'key'>;

/** Of steps that begin together, the one that ends first comes first: a following step may begin when it ends. */
function keyOf(id: string, timeNs: bigint, endNs: bigint): string {
  return `${(endNs - timeNs).toString(16).padStart(16, '0')}${id}`;
}

function beginning({ span }: SpanRecord): Place {
  return { atNs: span.start_time_unix_nano, key: span.span_id };
}

function ending({ span }: SpanRecord): Place {
  return { atNs: span.end_time_unix_nano, key: span.span_id };
}

function order(a: Place, b: Place): number {
  if (a.atNs !== b.atNs) return a.atNs < b.atNs ? -1 : 1;
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
}

function byTime(a: { timeNs: bigint }, b: { timeNs: bigint }): number {
  return a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0;
}

function maxOf(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
