import type { DeviceType, VitalName } from '../normalize/facts.js';
import type { Traits } from './earliest.js';
import type { VisitSums, Vital } from './visit.js';

/** `client` of a session in the contract's names (DESIGN 3); fields without a value are left out. */
export interface Client {
  ip?: string;
  user_agent?: string;
  device_type?: DeviceType;
  os?: string;
  browser?: string;
  browser_version?: string;
}

/** `geo` of a session in the contract's names; fields without a value are left out. */
export interface Geo {
  country_code?: string;
  country_name?: string;
  region?: string;
  city?: string;
  postal_code?: string;
  timezone?: string;
}

/** `visit` of a session; fields without a value are left out. */
export interface VisitView {
  /** Addresses of the first page and the last one; a screen of an app has none. */
  entry_url?: string;
  exit_url?: string;
  /** Route, screen or title of the first page and the last one. */
  entry_page?: string;
  exit_page?: string;
  page_views: number;
  /** The address of the site from which the visitor came. */
  referrer?: string;
}

export type VitalsView = { [Name in VitalName]?: Vital };

/** The pages of a session; undefined if none is reported. */
export function visitOf({ entered, referred }: VisitSums): VisitView | undefined {
  const { count, first, last } = entered;
  if (count === 0) return undefined;
  return {
    page_views: count,
    ...filled({
      entry_url: first?.page.url,
      exit_url: last?.page.url,
      entry_page: first?.page.name,
      exit_page: last?.page.name,
      referrer: referred?.page.referrer,
    }),
  };
}

/** The vitals of a session; undefined if none is reported. */
export function vitalsOf(visit: VisitSums): VitalsView | undefined {
  return filled({
    lcp: visit.vital('lcp'),
    inp: visit.vital('inp'),
    cls: visit.vital('cls'),
    ttfb: visit.vital('ttfb'),
  } satisfies Record<VitalName, Vital | undefined>);
}

/** The client's fields among the traits of a session; undefined if there is none. */
export function clientOf(traits: Traits): Client | undefined {
  return filled({
    ip: traits.ip,
    user_agent: traits.userAgent,
    device_type: traits.deviceType,
    os: traits.os,
    browser: traits.browser,
    browser_version: traits.browserVersion,
  });
}

/** The place's fields among the traits of a session; undefined if there is none. */
export function geoOf(traits: Traits): Geo | undefined {
  return filled({
    country_code: traits.countryCode,
    country_name: traits.countryName,
    region: traits.region,
    city: traits.city,
    postal_code: traits.postalCode,
    timezone: traits.timezone,
  });
}

/** Without the fields that have no value; undefined if none has. */
function filled<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T | undefined {
  let some: Partial<T> | undefined;
  // Its argument is an object literal without inherited keys.
  for (const name in fields) {
    const value = fields[name];
    if (value === undefined) continue;
    some ??= {};
    some[name] = value;
  }
  return some as T | undefined;
}
