import { converse } from './agents.js';
import { newAppUser } from './app-users.js';
import { type Person, SESSION_LIFE } from './person.js';
import { Random } from './random.js';
import type { DemoRecord, Recorder } from './telemetry.js';
import { crawl, newVisitor } from './web-visitors.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Sessions that began this recently may still be active, or have only just ended. */
const RECENT = 45 * MINUTE;
const RECENT_SHARE = 0.1;
const LEAST_RECENT = 10;

/** Mean time between new sessions after the traffic has reached the present, ms. */
const LIVE_INTERVAL = 5_000;

const SHARE = { agent: 0.3, crawler: 0.04, returning: 0.3, app: 0.2 } as const;

/** Part of the days before now in which the new releases of the page and the app were out. */
const NEW_RELEASE_SHARE = 0.4;

export interface TrafficPlan {
  /** Determines the people and their actions. */
  readonly seed: number;
  /** The present, ms since 1970. With the seed it determines the ids, so that no two runs share any. */
  readonly now: number;
  /** Number of sessions that begin before now. */
  readonly sessions: number;
  readonly days: number;
}

/**
 * The traffic of a shop and its agents, generated as time passes. The sessions of the plan begin before
 * `now`; advancing past `now` brings new ones without limit.
 */
export class Traffic {
  readonly #plan: TrafficPlan;
  readonly #random: Random;
  readonly #ids: Random;
  /** Starts of future sessions, the next one last. */
  readonly #starts: number[];
  /** People who may come back, in the order of their latest visits. */
  readonly #people: Person[] = [];
  /** Records that are not yet due. */
  #pending: DemoRecord[] = [];
  #nextLiveStart: number;
  #sessionsBegun = 0;
  #agentSession: string | undefined;

  constructor(plan: TrafficPlan) {
    this.#plan = plan;
    this.#random = new Random(`traffic ${plan.seed}`);
    this.#ids = new Random(`ids ${plan.seed} ${plan.now}`);
    this.#starts = startTimes(plan, this.#random).sort((a, b) => b - a);
    this.#nextLiveStart = plan.now + this.#random.interval(LIVE_INTERVAL);
  }

  /** Start of the first session. */
  get begins(): number {
    return this.#starts.at(-1) ?? this.#plan.now;
  }

  get sessionsBegun(): number {
    return this.#sessionsBegun;
  }

  /** Id of a recent session of an agent; undefined if there is none. */
  get agentSession(): string | undefined {
    return this.#agentSession;
  }

  /**
   * Advances to `until` (never back) and returns the records that have ended since the last call, in the
   * order of their end.
   */
  advance(until: number): DemoRecord[] {
    for (let start = this.#nextStart(until); start !== undefined; start = this.#nextStart(until)) {
      // Not spread into push, because a long session could exceed the engine's limit of arguments.
      for (const record of this.#session(start).records) this.#pending.push(record);
      this.#sessionsBegun++;
    }
    const due = this.#pending.filter((record) => record.end <= until);
    if (due.length > 0) this.#pending = this.#pending.filter((record) => record.end > until);
    return due.sort((a, b) => a.end - b.end);
  }

  #nextStart(until: number): number | undefined {
    const planned = this.#starts.at(-1);
    if (planned !== undefined) return planned <= until ? this.#starts.pop() : undefined;
    const start = this.#nextLiveStart;
    if (start > until) return undefined;
    this.#nextLiveStart = start + this.#random.interval(LIVE_INTERVAL);
    return start;
  }

  #session(start: number): Recorder {
    const kind = this.#random.next();
    if (kind < SHARE.agent) {
      const conversation = converse(start, this.#random, this.#ids);
      const { attributes } = conversation.records[0]!;
      this.#agentSession = String(attributes['gen_ai.conversation.id']);
      return conversation;
    }
    if (kind < SHARE.agent + SHARE.crawler) return crawl(start, this.#random, this.#ids);
    const person = this.#personAt(start);
    this.#people.push(person);
    const { now, days } = this.#plan;
    const mayEnd = start < now - RECENT;
    const isNewReleaseOut = start > now - days * DAY * NEW_RELEASE_SHARE;
    return person.visit({ start, mayEnd, isNewReleaseOut }, this.#random, this.#ids);
  }

  /** A new person, or one whose last session is over. */
  #personAt(start: number): Person {
    const away = this.#people.findIndex(({ lastSession }) => lastSession!.end < start - SESSION_LIFE);
    if (away >= 0 && this.#random.chance(SHARE.returning)) return this.#people.splice(away, 1)[0]!;
    if (this.#people.length > 500) this.#people.shift();
    const isInApp = this.#random.chance(SHARE.app);
    return isInApp ? newAppUser(this.#random, this.#ids) : newVisitor(this.#random);
  }
}

/** Starts spread over the days, with few at night, and some in the last minutes. */
function startTimes({ now, sessions, days }: TrafficPlan, random: Random): number[] {
  const recent = Math.min(sessions, Math.max(LEAST_RECENT, Math.round(sessions * RECENT_SHARE)));
  const span = days * DAY - RECENT;
  const starts = Array.from({ length: recent }, (_, at) => now - ((at + random.next()) / recent) * RECENT);
  while (starts.length < sessions) {
    const start = now - RECENT - random.next() * span;
    if (random.chance(activity(start))) starts.push(start);
  }
  return starts;
}

/**
 * The activity at a time, 0 to 1: a wave over the day with its maximum at 16:00 UTC, when Europe and America
 * are awake.
 */
function activity(time: number): number {
  const hour = (time % DAY) / HOUR;
  return 0.55 + 0.45 * Math.cos(((hour - 16) / 24) * 2 * Math.PI);
}
