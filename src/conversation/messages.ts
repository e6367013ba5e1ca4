import type { MessageRole } from '../normalize/dialects/dialect.js';
import { cut, type Entry, MAX_NAME, MAX_TEXT, type Media, type Tool } from './entry.js';
import {
  type Fields,
  field,
  firstField,
  isFields,
  jsonText,
  MAX_DEPTH,
  parseContainer,
  textField,
} from './json-value.js';
import { readImage, readMedia } from './media.js';
import { parsePython } from './python-literal.js';

/** Maximum number of entries from one value. Of the others, only the number is reported. */
export const MAX_ENTRIES = 10_000;

/**
 * The messages in a value, in order. Accepts the forms of all known providers, frameworks and conventions. A
 * text that is JSON of messages is parsed. Any other value is a message of `role`. Unknown forms are shown as
 * JSON. Never throws.
 */
export function readMessages(value: unknown, role: MessageRole): Entry[] {
  const reader = new MessageReader();
  reader.read(value, role);
  return reader.finish(role);
}

/** The parts or messages in a text that is JSON, else the text itself. Returns other values unchanged. */
export function contentOf(value: unknown): unknown {
  const container = typeof value === 'string' ? parseContainer(value) : undefined;
  return container !== undefined && hasMessages(container, 0) ? container : value;
}

const MEDIA_KINDS =
  /^(?:(?:input_|output_)?(?:image|audio|video|document|file|media|blob|uri)(?:_url|_data|_file|_uri)?|binary|image_generation_call)$/;
const TOOL_CALL_KINDS = /^(?:tool_call|tool_use|function_call|function|\w+_tool_use|\w+_call)$/;
const TOOL_RESULT_KINDS =
  /^(?:tool_result|tool_call_response|tool_response|tool_return|function_response|\w+_tool_result|\w+_call_output)$/;
const REASONING_KINDS = /^(?:reasoning|thinking|redacted_thinking|thought|reasoning_text|summary_text)$/;

/** A call's own id comes last: if there are two, `id` is the id of the item. */
const CALL_IDS = ['call_id', 'tool_call_id', 'toolCallId', 'tool_use_id', 'toolUseId', 'callId', 'ref', 'id'];
const TOOL_NAMES = ['name', 'toolName', 'tool_name', 'function_name'];
const ARGUMENTS = ['arguments', 'args', 'input', 'parameters', 'query', 'action'];
const REASONINGS = ['text', 'thinking', 'content', 'reasoning', 'reasoningContent', 'summary', 'data'];
const RESULTS = ['result', 'response', 'output', 'content', 'tool_response', 'outputs'];
const ROLES: ReadonlyMap<string, MessageRole> = new Map([
  ['system', 'system'],
  ['developer', 'system'],
  ['user', 'user'],
  ['human', 'user'],
  ['assistant', 'assistant'],
  ['ai', 'assistant'],
  ['aimessagechunk', 'assistant'],
  ['model', 'assistant'],
  ['chatbot', 'assistant'],
  ['tool', 'tool'],
  ['function', 'tool'],
  // smolagents
  ['tool-call', 'assistant'],
  ['tool-response', 'tool'],
  ['ipython', 'tool'],
]);

class MessageReader {
  readonly #entries: Entry[] = [];
  #left = 0;

  /** The result. If entries were left out, a last one says how many. */
  finish(role: MessageRole): Entry[] {
    if (this.#left > 0) {
      const text = `… and ${this.#left} more`;
      this.#entries.push({ role: role === 'tool' ? 'tool_result' : role, text, truncated: true });
    }
    return this.#entries;
  }

  add(entry: Entry): void {
    if (this.#entries.length < MAX_ENTRIES) this.#entries.push(entry);
    else this.#left++;
  }

  read(value: unknown, role: MessageRole, depth = 0): void {
    const wrapped = depth <= MAX_WRAPPERS ? wrappedIn(value, role) : undefined;
    if (wrapped !== undefined) {
      this.read(wrapped, role, depth + 1);
      return;
    }
    const container = typeof value === 'string' ? parseContainer(value) : value;
    if (typeof value === 'string' && (container === undefined || !hasMessages(container, 0))) {
      for (const said of saidByRoles(value, role, FIRST_ROLE)) {
        this.#message({ content: said.text }, said.role, 0);
      }
    } else {
      this.#any(container, role, 0);
    }
  }

  /** Reads a message, a list of messages, a list of parts of one message, or an object around any of these. */
  #any(value: unknown, role: MessageRole, depth: number): void {
    if (value === undefined || value === null) return;
    if (depth > MAX_DEPTH) {
      this.#message({ content: jsonText(value, MAX_TEXT) }, role, depth);
      return;
    }
    if (Array.isArray(value)) {
      this.#list(value, role, depth + 1);
      return;
    }
    if (!isFields(value)) {
      this.#message({ content: value }, role, depth);
      return;
    }

    const inner = unwrap(value);
    if (inner !== undefined) {
      this.#any(inner, role, depth + 1);
      return;
    }
    const lists = wrappedLists(value, role);
    if (lists.length > 0) {
      for (const [list, listRole] of lists) this.#any(list, listRole, depth + 1);
      return;
    }
    if (isMessage(value)) this.#message(value, role, depth);
    else this.#message({ content: [value] }, role, depth);
  }

  #list(values: readonly unknown[], role: MessageRole, depth: number): void {
    if (values.some((value) => isFields(value) && !isMessageLike(value))) {
      // Parts of one message. Messages among them are separate.
      let parts: unknown[] = [];
      for (const value of values) {
        if (isFields(value) && isMessageLike(value)) {
          if (parts.length > 0) this.#message({ content: parts }, role, depth);
          parts = [];
          this.#any(value, role, depth);
        } else {
          parts.push(value);
        }
      }
      if (parts.length > 0) this.#message({ content: parts }, role, depth);
    } else {
      for (const value of values) this.#any(value, role, depth);
    }
  }

  #message(message: Fields, fallback: MessageRole, depth: number): void {
    const role = roleOf(message) ?? fallback;
    const whole = field(message, 'content');
    const said = typeof whole === 'string' ? saidByRoles(whole, role, FIRST_OF_BUFFER) : [];
    if (said.length > 1 || (said[0] !== undefined && said[0].text !== whole)) {
      for (const { role: by, text } of said)
        this.#message({ ...message, role: by, content: text }, by, depth);
      return;
    }
    const parts = new Parts(role, this, textField(message, ['finish_reason', 'finishReason', 'stop_reason']));
    const reasoning = firstField(message, ['reasoning_content', 'reasoning', 'thinking']);
    if (reasoning !== undefined) parts.reasoning(plainText(reasoning, depth + 1));

    const kind = kindOf(message);
    const isItem = roleOf(message) === undefined || field(message, 'role') === undefined;
    if (isItem && (TOOL_CALL_KINDS.test(kind) || TOOL_RESULT_KINDS.test(kind) || kind === 'reasoning')) {
      parts.part(message, depth + 1);
    } else {
      const content = withoutPrefix(message, firstField(message, ['content', 'contents', 'parts', 'text']));
      if (role === 'tool') {
        this.#toolMessage(message, content, parts, depth + 1);
      } else if (content !== undefined) {
        parts.content(content, depth + 1);
      }
      const refusal = field(message, 'refusal');
      if (typeof refusal === 'string') parts.text(refusal);
      const audio = field(message, 'audio');
      if (isFields(audio)) {
        parts.media(readMedia(audio, 'audio'));
        const transcript = field(audio, 'transcript');
        if (typeof transcript === 'string') parts.text(transcript);
      }
      const images = field(message, 'images');
      for (const image of Array.isArray(images) ? images : []) {
        if (typeof image === 'string') parts.media(readImage(image));
        else if (isFields(image)) parts.content(image, depth + 1);
      }
      const calls = firstField(message, ['tool_calls', 'toolCalls']);
      if (Array.isArray(calls)) for (const call of calls) parts.call(call, depth + 1);
      else if (calls !== undefined) parts.call(calls, depth + 1);
      const call = field(message, 'function_call');
      if (isFields(call)) parts.call(call, depth + 1);
    }
    parts.end();
  }

  /** Reads a message that is the result of a tool, unless its parts say so themselves, or only define tools. */
  #toolMessage(message: Fields, content: unknown, parts: Parts, depth: number): void {
    const parsed = typeof content === 'string' ? (parseContainer(content) ?? content) : content;
    const list = Array.isArray(parsed) ? parsed : [parsed];
    if (list.length > 0 && list.every(isToolDefinition)) return;
    const given = Array.isArray(content) ? content : [content];
    if (
      given.some(
        (part) =>
          isFields(part) &&
          /^(?:tool_result|toolResult|toolResponse|functionResponse|function_response|tool_call_result)$/.test(
            partKind(part),
          ),
      )
    ) {
      parts.content(content, depth);
    } else {
      parts.result(message, content ?? firstField(message, RESULTS), depth);
    }
  }
}

/** The content without the text parts that smolagents adds around a tool's call or result. */
function withoutPrefix(message: Fields, content: unknown): unknown {
  const role = field(message, 'role');
  if (role !== 'tool-call' && role !== 'tool-response') return content;
  const text = plainText(content, 1);
  if (role === 'tool-response') return text.replace(/^Observation:\n/, '');
  const calls = parsePython(text.replace(/^Calling tools:\n/, ''));
  return Array.isArray(calls) && calls.every((call) => isFields(call) && partKind(call) === 'tool_call')
    ? calls
    : content;
}

/** Collects the parts of one message into entries. */
class Parts {
  readonly #role: MessageRole;
  readonly #reader: MessageReader;
  #finishReason: string | undefined;
  #texts: string[] = [];
  #reasonings: string[] = [];
  #media: Media[] = [];
  /** Ids of calls and results that were added. */
  readonly #ids = new Set<string>();
  /** Calls and results in texts that are JSON. Most are duplicates of others in the message. */
  readonly #duplicates: Fields[] = [];

  constructor(role: MessageRole, reader: MessageReader, finishReason: string | undefined) {
    this.#role = role;
    this.#reader = reader;
    this.#finishReason = finishReason;
  }

  text(text: string): void {
    const blocks = toolBlocks(text);
    if (blocks === undefined) {
      if (text !== '') this.#texts.push(text);
      return;
    }
    for (const block of blocks) {
      if (partKind(block) === 'text') this.text(plainText(firstField(block, ['text', 'content']), 1));
      else this.#duplicates.push(block);
    }
  }

  /** Makes entries of the remaining parts. */
  end(): void {
    const duplicates = this.#duplicates.splice(0);
    for (const block of duplicates) {
      if (!this.#ids.has(textField(block, CALL_IDS) ?? '')) this.part(block, 1);
    }
    this.flush();
  }

  reasoning(text: string): void {
    if (text !== '') this.#reasonings.push(text);
  }

  media(media: Media): void {
    this.#media.push(media);
  }

  content(content: unknown, depth: number): void {
    if (typeof content === 'string') this.text(content);
    else if (depth > MAX_DEPTH) this.text(jsonText(content, MAX_TEXT));
    else if (Array.isArray(content)) for (const part of content) this.content(part, depth + 1);
    else if (isFields(content)) this.part(content, depth + 1);
    else if (content !== undefined && content !== null) this.text(String(content));
  }

  part(part: Fields, depth: number): void {
    if (depth > MAX_DEPTH) {
      this.text(jsonText(part, MAX_TEXT));
      return;
    }
    const kind = partKind(part);
    const inner = field(part, kind);
    if (kind === 'message_content' && isFields(inner)) {
      this.part(inner, depth + 1);
    } else if (kind === 'text') {
      this.text(plainText(firstField(part, ['text', 'content', 'value', 'input_text']), depth));
    } else if (kind === 'refusal') {
      this.text(plainText(firstField(part, ['refusal', 'content']), depth));
    } else if (kind === 'reasoning') {
      this.reasoning(plainText(firstField(part, REASONINGS), depth));
    } else if (kind === 'tool_call') {
      this.call(part, depth);
    } else if (kind === 'tool_result') {
      this.result(part, firstField(part, RESULTS), depth);
    } else if (/^(?:functionCall|function_call|toolUse|toolRequest)$/.test(kind)) {
      this.call(inner, depth);
    } else if (
      /^(?:functionResponse|function_response|toolResult|toolResponse)$/.test(kind) &&
      isFields(inner)
    ) {
      this.result(inner, firstField(inner, RESULTS), depth);
    } else if (kind === 'tool_call_result' && isFields(inner)) {
      const origin = field(inner, 'origin');
      this.result(isFields(origin) ? origin : inner, field(inner, 'result'), depth);
    } else if (kind.startsWith('media:')) {
      this.media(readMedia(part, kind.slice('media:'.length)));
    } else if (kind !== 'cachePoint' && !(kindOf(part) !== '' && Object.keys(part).length === 1)) {
      // Markers of cache boundaries are not messages, and neither are kinds without content.
      this.unknown(part);
    }
  }

  unknown(part: Fields): void {
    this.text(jsonText(part, MAX_TEXT));
  }

  call(call: unknown, depth: number): void {
    if (!isFields(call)) {
      this.text(jsonText(call, MAX_TEXT));
      return;
    }
    const nested = [field(call, 'tool_call'), field(call, 'functionCall'), field(call, 'toolUse')].find(
      isFields,
    );
    if (nested !== undefined && depth <= MAX_DEPTH) {
      this.call(nested, depth + 1);
      return;
    }
    const details = [field(call, 'function'), field(call, 'custom')].find(isFields) ?? call;
    const name = textField(details, TOOL_NAMES) ?? textField(call, TOOL_NAMES) ?? serverTool(call);
    const given = firstField(details, ARGUMENTS) ?? firstField(call, ARGUMENTS);
    const tool = named(textField(call, CALL_IDS), name);
    if (given === undefined && Object.keys(tool).length === 0) return;
    this.#tool('tool_call', {
      ...tool,
      ...(given !== undefined && {
        arguments: typeof given === 'string' ? given : jsonText(given, MAX_TEXT),
      }),
    });
  }

  result(holder: Fields, result: unknown, depth: number): void {
    const texts: string[] = [];
    const media: Media[] = [];
    resultText(result, texts, media, depth);
    this.#tool(
      'tool_result',
      {
        ...named(textField(holder, CALL_IDS), textField(holder, TOOL_NAMES)),
        ...(texts.length > 0 && { result: texts.join('\n') }),
      },
      media,
    );
  }

  #tool(role: 'tool_call' | 'tool_result', tool: Tool, media: readonly Media[] = []): void {
    this.flush();
    if (tool.callId !== undefined) this.#ids.add(tool.callId);
    this.#reader.add(bounded({ role, tool, ...(media.length > 0 && { media }), ...this.#finish() }));
  }

  /** Makes an entry of the parts since the last entry. */
  flush(): void {
    const [texts, reasonings, media] = [this.#texts, this.#reasonings, this.#media];
    if (texts.length + reasonings.length + media.length === 0) return;
    this.#texts = [];
    this.#reasonings = [];
    this.#media = [];
    const role = this.#role === 'tool' ? 'tool_result' : this.#role;
    this.#reader.add(
      bounded({
        role,
        ...(texts.length > 0 && { text: texts.join('\n') }),
        ...(reasonings.length > 0 && { reasoning: reasonings.join('\n') }),
        ...(media.length > 0 && { media }),
        ...this.#finish(),
      }),
    );
  }

  /** The first entry of a message has its finish reason. */
  #finish(): { finishReason?: string } {
    const finishReason = this.#finishReason;
    this.#finishReason = undefined;
    return finishReason === undefined ? {} : { finishReason: cut(finishReason, MAX_NAME) };
  }
}

/**
 * The blocks of a text that is the JSON of a tool's call or result with its id, or of a list with one. Some
 * libraries write them like this.
 */
function toolBlocks(text: string): Fields[] | undefined {
  const container = /"tool_(?:use|call|result)/.test(text) ? parseContainer(text) : undefined;
  if (container === undefined) return undefined;
  const blocks = Array.isArray(container) ? container : [container];
  const isTool = (block: unknown): boolean =>
    isFields(block) &&
    /^tool_(?:call|result)$/.test(partKind(block)) &&
    kindOf(block).startsWith('tool_') &&
    textField(block, CALL_IDS) !== undefined;
  const isRead = (block: unknown): block is Fields =>
    isTool(block) || (isFields(block) && partKind(block) === 'text');
  return blocks.some(isTool) && blocks.every(isRead) ? blocks : undefined;
}

/**
 * Whether a value defines a tool, and is not the result of one: `{"type": "function", "function": {"name": …,
 * "parameters": …}}` and similar.
 */
function isToolDefinition(value: unknown): boolean {
  if (!isFields(value)) return false;
  const inner = [field(value, 'function'), field(value, 'toolSpec'), value].find(isFields)!;
  return (
    typeof field(inner, 'name') === 'string' &&
    ['parameters', 'input_schema', 'inputSchema', 'json_schema', 'parameters_json_schema'].some((name) =>
      isFields(field(inner, name)),
    ) &&
    ['arguments', 'result', 'output', 'response'].every((name) => !Object.hasOwn(inner, name))
  );
}

function named(callId: string | undefined, name: string | undefined): Tool {
  return {
    ...(name !== undefined && { name: cut(name, MAX_NAME) }),
    ...(callId !== undefined && { callId: cut(callId, MAX_NAME) }),
  };
}

/** The name of a provider's own tool is its kind: `web_search_call`. */
function serverTool(call: Fields): string | undefined {
  const kind = kindOf(call);
  return /^(?!function|tool|custom_tool)\w+_call$/.test(kind) ? kind.slice(0, -'_call'.length) : undefined;
}

/** An entry with all texts truncated to the limits. */
export function bounded(entry: Entry): Entry {
  const { text, reasoning, tool } = entry;
  const tooLong = [text, reasoning, tool?.arguments, tool?.result].some(
    (part) => part !== undefined && part.length > MAX_TEXT,
  );
  if (!tooLong) return entry;
  return {
    ...entry,
    ...(text !== undefined && { text: cut(text, MAX_TEXT) }),
    ...(reasoning !== undefined && { reasoning: cut(reasoning, MAX_TEXT) }),
    ...(tool && {
      tool: {
        ...tool,
        ...(tool.arguments !== undefined && { arguments: cut(tool.arguments, MAX_TEXT) }),
        ...(tool.result !== undefined && { result: cut(tool.result, MAX_TEXT) }),
      },
    }),
    truncated: true,
  };
}

/** The result of a tool: texts unchanged, placeholders for media, anything else as JSON. */
function resultText(result: unknown, texts: string[], media: Media[], depth: number): void {
  if (result === undefined || result === null) return;
  if (typeof result === 'string') {
    texts.push(result);
    return;
  }
  const list = Array.isArray(result) ? result : [result];
  const isParts =
    depth <= MAX_DEPTH &&
    list.length > 0 &&
    list.every((part) => isFields(part) && /^text$|^media:|^json$/.test(partKind(part)));
  if (!isParts) {
    const value =
      isFields(result) && Object.keys(result).length === 1 ? firstField(result, ['value']) : undefined;
    texts.push(typeof value === 'string' ? value : jsonText(result, MAX_TEXT));
    return;
  }
  for (const part of list as Fields[]) {
    const kind = partKind(part);
    if (kind.startsWith('media:')) media.push(readMedia(part, kind.slice('media:'.length)));
    else if (kind === 'json') texts.push(jsonText(firstField(part, ['json', 'value']), MAX_TEXT));
    else texts.push(plainText(firstField(part, ['text', 'content', 'value']), depth + 1));
  }
}

function plainText(value: unknown, depth: number): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && depth <= MAX_DEPTH) {
    return value
      .map((part) => plainText(part, depth + 1))
      .filter((text) => text !== '')
      .join('\n');
  }
  if (isFields(value)) {
    const text = firstField(value, [
      'text',
      'value',
      'content',
      'reasoningText',
      'reasoning_text',
      'thinking',
      'message_content',
    ]);
    if (typeof text === 'string') return text;
    if (isFields(text) && depth <= MAX_DEPTH) return plainText(text, depth + 1);
  }
  return typeof value === 'object' ? jsonText(value, MAX_TEXT) : String(value);
}

function kindOf(fields: Fields): string {
  const type = field(fields, 'type') ?? field(fields, 'kind') ?? field(fields, 'part_kind');
  return typeof type === 'string' && type.length <= 64 ? type.toLowerCase().replaceAll('-', '_') : '';
}

/**
 * The kind of a part: `text`, `reasoning`, `tool_call`, `tool_result`, `media:…`, the name of the field with
 * its content, or unknown.
 */
function partKind(part: Fields): string {
  const kind = kindOf(part);
  if (/^(?:(?:input_|output_)?text|user_prompt|system_prompt)$/.test(kind)) return 'text';
  if (kind === 'refusal' || kind === 'json') return kind;
  if (REASONING_KINDS.test(kind)) return 'reasoning';
  if (TOOL_RESULT_KINDS.test(kind)) return 'tool_result';
  if (MEDIA_KINDS.test(kind)) return `media:${kind}`;
  if (TOOL_CALL_KINDS.test(kind)) return 'tool_call';
  // Amazon Bedrock, Gemini, OpenInference and Haystack name the kind of a part by its field.
  for (const name of [
    'message_content',
    'toolUse',
    'toolResult',
    'toolRequest',
    'toolResponse',
    'functionCall',
    'functionResponse',
    'function_call',
    'function_response',
    'tool_call',
    'tool_call_result',
  ]) {
    if (isFields(field(part, name))) return name;
  }
  if (field(part, 'cachePoint') !== undefined) return 'cachePoint';
  if (field(part, 'reasoningContent') !== undefined) return 'reasoning';
  if (kind === '' && isFields(field(part, 'reasoning'))) return 'reasoning';
  for (const name of [
    'inlineData',
    'inline_data',
    'fileData',
    'file_data',
    'image',
    'document',
    'video',
    'audio',
  ]) {
    if (isFields(field(part, name))) return `media:${name}`;
  }
  if (typeof field(part, 'text') === 'string') return field(part, 'thought') === true ? 'reasoning' : 'text';
  if (kind === '' && Object.hasOwn(part, 'json')) return 'json';
  // Vercel's lists of tool calls and results have no type.
  if (textField(part, ['toolCallId']) !== undefined) {
    return firstField(part, ['result', 'output']) === undefined ? 'tool_call' : 'tool_result';
  }
  return '';
}

function roleOf(message: Fields): MessageRole | undefined {
  const author = field(message, 'author');
  const names = [
    field(message, 'role'),
    isFields(author) ? field(author, 'role') : undefined,
    field(message, 'type'),
    field(message, '_type'),
    field(message, 'message_type'),
  ];
  for (const name of names) {
    const role = typeof name === 'string' && name.length <= 32 ? ROLES.get(name.toLowerCase()) : undefined;
    // Anthropic sends results of tools in messages of the user.
    if (role === 'user' && typeof field(message, 'tool_call_id') === 'string') return 'tool';
    if (role !== undefined) return role;
  }
  const event = field(message, 'event.name');
  if (event === 'gen_ai.choice') return 'assistant';
  const match = typeof event === 'string' ? /^gen_ai\.(\w+)\.message$/.exec(event) : null;
  return match === null ? undefined : ROLES.get(match[1]!);
}

/** Whether an object is a message, and not a part of one. */
function isMessage(value: Fields): boolean {
  if (roleOf(value) !== undefined && kindOf(value) !== 'function') return true;
  const kind = kindOf(value);
  if (/^(?:function_call|function_call_output|message)$/.test(kind) || /_call(?:_output)?$/.test(kind)) {
    return kind !== 'tool_call';
  }
  if (Array.isArray(firstField(value, ['parts', 'contents', 'tool_calls', 'toolCalls']))) return true;
  return kind === '' && field(value, 'content') !== undefined && partKind(value) === '';
}

function isMessageLike(value: Fields): boolean {
  return isMessage(value) || unwrap(value) !== undefined || wrappedLists(value, 'user').length > 0;
}

/** Maximum number of nested wrappers. */
const MAX_WRAPPERS = 4;
/** Fields of requests and responses of programs that contain a message, by its role. */
const WRAPPERS: Readonly<Partial<Record<MessageRole, readonly string[]>>> = {
  user: ['prompt', 'prompts', 'input', 'inputs', 'question', 'query', 'user_input'],
  assistant: ['output', 'outputs', 'completion', 'generated_text'],
};
/** Fields beside them that are not messages. */
const BESIDE =
  /^(?:tags|metadata|kwargs|config|callbacks|options|stop|run_id|run_name|run_type|params|settings)$/;

/**
 * The value inside of a wrapper: of a text that is JSON, or of an object whose only field holds a message,
 * such as `{"prompt": "hi"}`. An object with other fields is shown whole, because it may be the message.
 */
function wrappedIn(value: unknown, role: MessageRole): unknown {
  const text = typeof value === 'string' ? jsonString(value) : undefined;
  if (text !== undefined) return text;
  const container = typeof value === 'string' ? parseContainer(value) : value;
  const names = WRAPPERS[role];
  if (names === undefined || !isFields(container) || isMessageLike(container)) return undefined;
  const own = Object.keys(container).filter((name) => !BESIDE.test(name));
  if (own.length !== 1 || !names.includes(own[0]!)) return undefined;
  const inner = field(container, own[0]!);
  if (Array.isArray(inner) && inner.length === 1 && typeof inner[0] === 'string') return inner[0];
  return typeof inner === 'string' || isFields(inner) ? inner : undefined;
}

/** The value of a JSON string. Undefined for any other text. */
function jsonString(text: string): string | undefined {
  if (!/^".*"$/s.test(text)) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

/**
 * A conversation as one text, with a role before each message. LangChain begins with one of these. Other
 * programs write the roles in lower case.
 */
const FIRST_OF_BUFFER = /^(?:System|Human): /;
const FIRST_ROLE = /^(?:System|Human|User|AI|Assistant|system|user|assistant): /;
const NEXT_ROLE =
  /^(?:System|Human|User|AI|Assistant|Tool|Function|system|user|assistant|tool|function):(?: |$)/;
/** The prefix of an answer as LlamaIndex prints it. */
const ANSWER = /^\s*assistant: (?=\s*\S)/;
/** Longer than any prefix. */
const PREFIX_LENGTH = 16;

/** The messages of a text that begins with a role, each without the role. Else the whole text. */
function saidByRoles(text: string, role: MessageRole, first: RegExp): { role: MessageRole; text: string }[] {
  const whole = [{ role, text }];
  if (role === 'assistant' && first === FIRST_ROLE) return [{ role, text: text.replace(ANSWER, '') }];
  if (role !== 'user' || !first.test(text.trimStart().slice(0, PREFIX_LENGTH))) return whole;
  const said: { role: MessageRole; lines: string[] }[] = [];
  for (const line of text.trimStart().split('\n')) {
    const prefix = NEXT_ROLE.exec(line.slice(0, PREFIX_LENGTH))?.[0];
    if (prefix === undefined) said.at(-1)!.lines.push(line);
    else {
      const by = ROLES.get(prefix.slice(0, prefix.indexOf(':')).toLowerCase())!;
      said.push({ role: by, lines: [line.slice(prefix.length)] });
    }
  }
  const messages = said
    .map(({ role: by, lines }) => ({ role: by, text: lines.join('\n').trim() }))
    .filter((message) => message.text !== '');
  return messages.length === 0 ? whole : messages;
}

/** Whether a text that is JSON contains messages, or is itself the text of a message. */
function hasMessages(value: unknown, depth: number): boolean {
  if (depth > 4) return false;
  if (Array.isArray(value)) return value.slice(0, 8).some((element) => hasMessages(element, depth + 1));
  return isFields(value) && (isMessageLike(value) || partKind(value) !== '');
}

/** The message in an envelope without other fields. */
function unwrap(value: Fields): unknown {
  const inner = field(value, 'message');
  const isChoice = ['finish_reason', 'finishReason', 'index'].some((name) => Object.hasOwn(value, name));
  const said = typeof inner === 'string' && isChoice && roleOf(value) !== 'user' && contentOf(inner);
  const message = said ? (isFields(said) ? said : { role: 'assistant', content: said }) : inner;
  if (isFields(message)) {
    const finishReason = textField(value, ['finish_reason', 'finishReason']);
    const calls = field(value, 'tool_calls');
    return finishReason === undefined && calls === undefined
      ? message
      : {
          role: 'assistant',
          ...message,
          ...(finishReason !== undefined && { finish_reason: finishReason }),
          ...(calls !== undefined && { tool_calls: calls }),
        };
  }
  // LangChain: {"lc": 1, "type": "constructor", "id": [..., "HumanMessage"], "kwargs": {...}} and {"type": "human", "data": {...}}.
  const kwargs = field(value, 'kwargs');
  const id = field(value, 'id');
  if (isFields(kwargs) && Array.isArray(id)) {
    const last: unknown = id.at(-1);
    const type = (typeof last === 'string' ? last : '').replace(/Message(?:Chunk)?$/, '').toLowerCase();
    return { ...kwargs, role: ROLES.has(type) ? type : field(kwargs, 'role') };
  }
  const data = field(value, 'data');
  if (isFields(data) && roleOf(value) !== undefined && field(value, 'content') === undefined) {
    return { ...data, role: roleOf(value) };
  }
  // Gemini: {"candidates": [{"content": {...}, "finishReason": ...}]}
  const content = field(value, 'content');
  if (isFields(content) && field(value, 'role') === undefined && Array.isArray(field(content, 'parts'))) {
    return { role: 'model', ...content, finish_reason: textField(value, ['finishReason', 'finish_reason']) };
  }
  return undefined;
}

/** Lists of messages in an object that is a request, a response, or the state of a program. */
function wrappedLists(value: Fields, role: MessageRole): [list: unknown, role: MessageRole][] {
  if (typeof field(value, 'role') === 'string' || kindOf(value) === 'message') return [];
  const lists: [unknown, MessageRole][] = [];
  const config = field(value, 'config');
  const system =
    firstField(value, ['system', 'system_instruction', 'systemInstruction', 'instructions']) ??
    (isFields(config) ? firstField(config, ['system_instruction', 'systemInstruction']) : undefined);
  const isList = (list: unknown): boolean =>
    Array.isArray(list) && list.some((element) => typeof element === 'object');
  for (const name of [
    'messages',
    'new_messages',
    'contents',
    'choices',
    'candidates',
    'generations',
    'content',
  ]) {
    const list = field(value, name);
    if (
      name === 'content' &&
      (role !== 'assistant' || textField(value, ['stop_reason', 'model']) === undefined)
    )
      continue;
    if (isList(list) && kindOf(value) === '')
      lists.push([list, name === 'choices' || name === 'candidates' ? 'assistant' : role]);
  }
  // The output of Haystack's generators: messages, or only texts.
  const replies = field(value, 'replies');
  if (Array.isArray(replies) && kindOf(value) === '') lists.push([replies, 'assistant']);
  for (const name of ['input', 'output', 'prompt']) {
    const list = field(value, name);
    const isTool = /call|tool/.test(kindOf(value));
    if (isTool || (name === 'input' && field(value, 'name') !== undefined)) continue;
    if (isList(list) || (isFields(list) && isMessageLike(list))) lists.push([list, role]);
    else if (typeof list === 'string' && name !== 'output' && system !== undefined) lists.push([list, role]);
  }
  if (lists.length > 0 && system !== undefined) lists.unshift([system, 'system']);
  return lists;
}
