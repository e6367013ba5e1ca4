import type { Attributes } from './telemetry.js';

/** A phone with the shop's app. */
export interface Phone {
  readonly weight: number;
  readonly platform: 'android' | 'ios';
  /** Resource attributes of the phone, as set by OpenTelemetry's SDK for the platform. */
  readonly resource: Attributes;
  /** User agent of the app's HTTP library. */
  readonly userAgent: string;
}

export const PHONES: readonly Phone[] = [
  android(5, 'Google', 'Pixel 9', '16', '36'),
  android(5, 'samsung', 'SM-S921B', '15', '35'),
  android(2, 'Xiaomi', '23129RAA4G', '14', '34'),
  ios(6, 'iPhone16,1', '18.6'),
  ios(3, 'iPhone14,5', '17.7'),
];

/** Releases of the app. The next one crashes more. */
export const APP_RELEASES = {
  current: { version: '2.8.1', crashes: 0.01 },
  next: { version: '2.9.0', crashes: 0.06 },
} as const;

export type AppRelease = (typeof APP_RELEASES)[keyof typeof APP_RELEASES];

/** Screens of the app, and the shop's path that each requests. */
export const SCREENS = {
  Home: '/',
  Search: '/search',
  Product: '/products/',
  Cart: '/cart',
  Checkout: '/checkout',
} as const;

export type Screen = keyof typeof SCREENS;

/** How the app crashes, on each platform. */
export const CRASHES = {
  android: {
    type: 'java.lang.NullPointerException',
    message: 'Attempt to invoke virtual method on a null object reference',
    stacktrace:
      'java.lang.NullPointerException: Attempt to invoke virtual method on a null object reference\n' +
      '\tat example.shop.CartAdapter.onBindViewHolder(CartAdapter.kt:58)\n' +
      '\tat androidx.recyclerview.widget.RecyclerView$Adapter.bindViewHolder(RecyclerView.java:7847)',
  },
  ios: {
    type: 'EXC_BREAKPOINT',
    message: 'Unexpectedly found nil while unwrapping an Optional value',
    stacktrace: '0 Shop CartViewController.total.getter + 184\n1 Shop CartViewController.viewWillAppear + 96',
  },
} as const;

function android(weight: number, manufacturer: string, model: string, version: string, api: string): Phone {
  return {
    weight,
    platform: 'android',
    resource: {
      'os.name': 'Android',
      'os.type': 'linux',
      'os.version': version,
      'os.description': `Android Version ${version} (Build BP2A, SDK ${api})`,
      'android.os.api_level': api,
      'device.manufacturer': manufacturer,
      'device.model.identifier': model,
      'device.model.name': model,
      'rum.sdk.version': '1.0.0',
      'telemetry.sdk.language': 'java',
    },
    userAgent: 'okhttp/5.1.0',
  };
}

function ios(weight: number, model: string, version: string): Phone {
  return {
    weight,
    platform: 'ios',
    resource: {
      'os.name': 'iOS',
      'os.type': 'darwin',
      'os.version': version,
      'os.description': `iOS Version ${version} (Build 22G86)`,
      'device.manufacturer': 'Apple',
      'device.model.identifier': model,
      'telemetry.sdk.language': 'swift',
    },
    userAgent: `Shop/1 CFNetwork/1568.200.51 Darwin/24.6.0`,
  };
}
