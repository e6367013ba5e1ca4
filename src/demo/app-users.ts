import {
  APP_RELEASES,
  type AppRelease,
  CRASHES,
  PHONES,
  type Phone,
  SCREENS,
  type Screen,
} from './app-profiles.js';
import { account, type Person, pause, type VisitOptions } from './person.js';
import type { Random } from './random.js';
import { type Attributes, Recorder, Severity, type Source, type SpanContext, SpanKind } from './telemetry.js';
import { NETWORKS } from './visitor-profiles.js';
import { answer, productPath } from './web-shop.js';

const SECOND = 1_000;
const MOST_SCREENS = 25;

/** A person with the shop's app on a phone. */
class AppUser implements Person {
  readonly phone: Phone;
  readonly address: string;
  readonly installation: string;
  /** Undefined for a user who has not signed in. */
  readonly userId: string | undefined;
  readonly #sources = new Map<AppRelease, Source>();
  lastSession: Person['lastSession'];

  constructor(random: Random, ids: Random) {
    this.phone = random.pickWeighted(PHONES);
    const { addressPrefix } = random.pickWeighted(NETWORKS);
    this.address = `${addressPrefix}.${random.int(0, 255)}.${random.int(1, 254)}`;
    this.userId = account(random);
    this.installation = ids.hex(32);
  }

  source(release: AppRelease): Source {
    const known = this.#sources.get(release);
    if (known !== undefined) return known;
    const source = appSource(this.phone, release, this.installation);
    this.#sources.set(release, source);
    return source;
  }

  visit(options: VisitOptions, random: Random, ids: Random): Recorder {
    return new AppVisit(this, options, random, ids).play();
  }
}

export function newAppUser(random: Random, ids: Random): Person {
  return new AppUser(random, ids);
}

/** One session in the app: screens that request their content from the shop, and sometimes a crash. */
class AppVisit {
  readonly #user: AppUser;
  readonly #options: VisitOptions;
  readonly #release: AppRelease;
  readonly #source: Source;
  readonly #random: Random;
  readonly #recorder: Recorder;
  readonly #id: string;
  #screen: Screen | undefined;

  constructor(user: AppUser, options: VisitOptions, random: Random, ids: Random) {
    this.#user = user;
    this.#options = options;
    this.#release = options.isNewReleaseOut ? APP_RELEASES.next : APP_RELEASES.current;
    this.#source = user.source(this.#release);
    this.#random = random;
    this.#recorder = new Recorder(ids);
    this.#id = ids.hex(32);
  }

  play(): Recorder {
    const random = this.#random;
    const { start, mayEnd } = this.#options;
    this.#event(start, 'session.start', {});
    this.#lifecycle(start, 'created', 'active');
    const screens = Math.min(1 + Math.floor(random.interval(6)), MOST_SCREENS);
    let now = this.#view(start + random.duration(300), 'Home');
    let hasCrashed = false;
    for (let seen = 1; seen < screens && !hasCrashed; seen++) {
      now += pause(random);
      hasCrashed = this.#screen === 'Cart' && random.chance(this.#release.crashes * 4);
      if (hasCrashed) this.#crash(now);
      else now = this.#view(now, nextScreen(this.#screen, random));
    }
    if (!hasCrashed) {
      now += Math.min(pause(random), 20 * SECOND);
      this.#lifecycle(now, 'background', 'background');
      if (mayEnd && random.chance(0.25)) {
        now += random.duration(SECOND);
        this.#event(now, 'session.end', {});
      }
    }
    this.#user.lastSession = { id: this.#id, end: now };
    return this.#recorder;
  }

  /** A screen appears and requests its content. */
  #view(at: number, screen: Screen): number {
    const random = this.#random;
    const last = this.#screen;
    this.#screen = screen;
    const shown = this.#recorder.context();
    const path = screen === 'Product' ? productPath(random) : SCREENS[screen];
    const end = this.#request(path, at + random.duration(20), shown);
    const attributes: Attributes = { 'last.screen.name': last };
    const isAndroid = this.#user.phone.platform === 'android';
    const name = isAndroid ? 'Created' : `${screen} - view appearing`;
    this.#recorder.span({
      source: this.#source,
      context: shown,
      name,
      kind: SpanKind.internal,
      start: at,
      end,
      attributes: {
        ...this.#common(),
        ...(isAndroid ? { ...attributes, 'activity.name': `${screen}Activity` } : attributes),
      },
    });
    return end;
  }

  #request(path: string, at: number, parent: SpanContext): number {
    const { address, phone } = this.#user;
    const fetch = this.#recorder.context(parent);
    const travel = this.#random.duration(60);
    const { status, end } = answer(
      {
        method: 'GET',
        path,
        at: at + travel,
        parent: fetch,
        clientAddress: address,
        userAgent: phone.userAgent,
      },
      this.#random,
      this.#recorder,
    );
    const done = end + travel;
    this.#recorder.span({
      source: this.#source,
      parent,
      context: fetch,
      name: 'GET',
      kind: SpanKind.client,
      start: at,
      end: done,
      attributes: {
        ...this.#common(),
        'http.request.method': 'GET',
        'url.full': `https://shop.example${path}`,
        'server.address': 'shop.example',
        'http.response.status_code': status,
        'error.type': status >= 400 ? String(status) : undefined,
      },
      error: status >= 400 ? `HTTP ${status}` : undefined,
    });
    return done;
  }

  #crash(at: number): void {
    const { type, message, stacktrace } = CRASHES[this.#user.phone.platform];
    this.#recorder.log({
      source: this.#source,
      at,
      severity: Severity.fatal,
      eventName: 'device.crash',
      attributes: {
        ...this.#common(),
        'exception.type': type,
        'exception.message': message,
        'exception.stacktrace': stacktrace,
        'thread.id': 2,
        'thread.name': 'main',
      },
    });
  }

  #lifecycle(at: number, onAndroid: string, onIos: string): void {
    const isAndroid = this.#user.phone.platform === 'android';
    this.#event(at, 'device.app.lifecycle', {
      ...(isAndroid ? { 'android.app.state': onAndroid } : { 'ios.app.state': onIos }),
    });
  }

  #event(at: number, eventName: string, attributes: Attributes): void {
    this.#recorder.log({
      source: this.#source,
      at,
      eventName,
      attributes: { ...this.#common(), ...attributes },
    });
  }

  /**
   * Common attributes of the app's telemetry. Swift's SDK names the previous session on all of it, Android's
   * on the first event.
   */
  #common(): Attributes {
    const isFirst = this.#recorder.records.length === 0;
    const namesPrevious = isFirst || this.#user.phone.platform === 'ios';
    return {
      'session.id': this.#id,
      'session.previous_id': namesPrevious ? this.#user.lastSession?.id : undefined,
      'user.id': this.#user.userId,
      'screen.name': this.#screen,
    };
  }
}

function nextScreen(screen: Screen | undefined, random: Random): Screen {
  if (screen === 'Cart' && random.chance(0.6)) return 'Checkout';
  return random.pick(['Product', 'Product', 'Product', 'Search', 'Cart', 'Home'] as const);
}

function appSource({ resource, platform }: Phone, release: AppRelease, installation: string): Source {
  return {
    resource: {
      'service.name': `shop-${platform}`,
      'service.namespace': 'shop',
      'service.version': release.version,
      'deployment.environment.name': 'production',
      'telemetry.sdk.name': 'opentelemetry',
      'app.installation.id': installation,
      ...resource,
    },
    scope:
      platform === 'android'
        ? { name: 'io.opentelemetry.android', version: '1.0.0' }
        : { name: 'opentelemetry-swift', version: '2.2.0' },
  };
}
