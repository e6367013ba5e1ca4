/** A browser and its identification. */
export interface Device {
  readonly weight: number;
  readonly userAgent: string;
  readonly platform: string;
  readonly mobile: boolean;
  /** Brands of the User-Agent Client Hints; empty for browsers without them. */
  readonly brands: readonly string[];
}

const CHROME_BRANDS = ['Chromium 141', 'Google Chrome 141', 'Not?A_Brand 8'];

export const DEVICES: readonly Device[] = [
  {
    weight: 24,
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
    platform: 'Windows',
    mobile: false,
    brands: CHROME_BRANDS,
  },
  {
    weight: 18,
    userAgent:
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
    platform: 'iPhone',
    mobile: true,
    brands: [],
  },
  {
    weight: 16,
    userAgent:
      'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36',
    platform: 'Android',
    mobile: true,
    brands: CHROME_BRANDS,
  },
  {
    weight: 11,
    userAgent:
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
    platform: 'macOS',
    mobile: false,
    brands: [],
  },
  {
    weight: 8,
    userAgent:
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0',
    platform: 'Windows',
    mobile: false,
    brands: ['Chromium 141', 'Microsoft Edge 141', 'Not?A_Brand 8'],
  },
  {
    weight: 7,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0',
    platform: 'Linux',
    mobile: false,
    brands: [],
  },
  {
    weight: 5,
    userAgent:
      'Mozilla/5.0 (Linux; Android 14; SAMSUNG SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
    platform: 'Android',
    mobile: true,
    brands: ['Chromium 130', 'Samsung Internet 28', 'Not?A_Brand 99'],
  },
  {
    weight: 4,
    userAgent:
      'Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1',
    platform: 'iPad',
    mobile: true,
    brands: [],
  },
  {
    weight: 1,
    userAgent:
      'Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36',
    platform: 'Tizen',
    mobile: false,
    brands: [],
  },
];

/** A crawler fetches pages without running their scripts. */
export const BOT = {
  userAgent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
  addressPrefix: '66.249.66',
} as const;

/** Access networks, each within one country, by the first half of their addresses. */
export interface Network {
  readonly weight: number;
  readonly country: string;
  readonly addressPrefix: string;
  readonly language: string;
}

export const NETWORKS: readonly Network[] = [
  { weight: 14, country: 'US', addressPrefix: '73.12', language: 'en-US' },
  { weight: 12, country: 'DE', addressPrefix: '91.12', language: 'de-DE' },
  { weight: 9, country: 'GB', addressPrefix: '86.130', language: 'en-GB' },
  { weight: 8, country: 'FR', addressPrefix: '82.64', language: 'fr-FR' },
  { weight: 7, country: 'AT', addressPrefix: '84.112', language: 'de-AT' },
  { weight: 7, country: 'IN', addressPrefix: '49.207', language: 'en-IN' },
  { weight: 6, country: 'BR', addressPrefix: '187.10', language: 'pt-BR' },
  { weight: 6, country: 'JP', addressPrefix: '126.10', language: 'ja-JP' },
  { weight: 4, country: 'NL', addressPrefix: '84.24', language: 'nl-NL' },
  { weight: 4, country: 'ES', addressPrefix: '85.84', language: 'es-ES' },
  { weight: 4, country: 'IT', addressPrefix: '79.20', language: 'it-IT' },
  { weight: 4, country: 'PL', addressPrefix: '83.8', language: 'pl-PL' },
  { weight: 3, country: 'SE', addressPrefix: '81.226', language: 'sv-SE' },
  { weight: 3, country: 'CH', addressPrefix: '83.76', language: 'de-CH' },
  { weight: 3, country: 'AU', addressPrefix: '1.128', language: 'en-AU' },
  { weight: 2, country: 'MX', addressPrefix: '189.216', language: 'es-MX' },
  { weight: 2, country: 'NG', addressPrefix: '102.89', language: 'en-NG' },
  { weight: 2, country: 'ZA', addressPrefix: '105.0', language: 'en-ZA' },
];

/** Referrers of visitors; empty for those who type the address. */
export const REFERRERS = [
  '',
  '',
  'https://www.google.com/',
  'https://www.google.com/',
  'https://duckduckgo.com/',
  'https://news.example/living/lamps',
] as const;

/** Releases of the shop's page. The next one fails more. */
export const WEB_RELEASES = {
  current: { version: '4.2.0', failedPages: 0.01, failedPurchases: 0.01 },
  next: { version: '4.3.0', failedPages: 0.03, failedPurchases: 0.35 },
} as const;
