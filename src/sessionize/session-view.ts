import type { DeviceType } from '../normalize/facts.js';
import type { Traits } from './earliest.js';

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

/** The client's fields among the traits of a session; undefined where there is none. */
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

/** The place's fields among the traits of a session; undefined where there is none. */
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

/** Without the fields that have no value; undefined where none has. */
function filled<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): T | undefined {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return entries.length === 0 ? undefined : (Object.fromEntries(entries) as T);
}
