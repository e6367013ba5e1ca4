import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { DEVICE_TYPES, type DeviceType } from './facts.js';
import { osName, parseUserAgent } from './user-agent.js';

type Expected = readonly [
  deviceType: DeviceType,
  os?: string | undefined,
  browser?: string,
  browserVersion?: string,
];

const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

const AGENTS: readonly (readonly [userAgent: string, expected: Expected])[] = [
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
    ['desktop', 'Windows', 'Chrome', '126.0.0.0'],
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0`,
    ['desktop', 'Windows', 'Edge', '126.0.0.0'],
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
    ['desktop', 'macOS', 'Safari', '17.5'],
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0',
    ['desktop', 'Linux', 'Firefox', '127.0'],
  ],
  [
    `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
    ['desktop', 'Chrome OS', 'Chrome', '126.0.0.0'],
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    ['mobile', 'iOS', 'Mobile Safari', '17.5'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36`,
    ['mobile', 'Android', 'Chrome', '126.0.0.0'],
  ],
  ['Dalvik/2.1.0 (Linux; U; Android 13; Pixel 7 Build/TQ3A)', ['mobile', 'Android']],
  ['MyApp/5.2 CFNetwork/1494.0.7 Darwin/23.4.0', ['mobile', 'iOS']],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1',
    ['tablet', 'iOS', 'Mobile Safari', '16.6'],
  ],
  [
    `Mozilla/5.0 (Linux; Android 13; SM-X200) ${WEBKIT} Chrome/126.0.0.0 Safari/537.36`,
    ['tablet', 'Android', 'Chrome', '126.0.0.0'],
  ],
  [
    `Mozilla/5.0 (Web0S; Linux/SmartTV) ${WEBKIT} Chrome/94.0.4606.128 Safari/537.36 WebAppManager`,
    ['tv', 'webOS', 'Chrome', '94.0.4606.128'],
  ],
  ['Roku/DVP-12.0', ['tv']],
  [
    'Mozilla/5.0 (PlayStation; PlayStation 5/6.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Safari/605.1.15',
    ['console', 'PlayStation', 'Safari', '15.4'],
  ],
  [
    'Mozilla/5.0 (Nintendo Switch; WifiWebAuthApplet) AppleWebKit/609.4 (KHTML, like Gecko) NF/6.0.3.20.2 NintendoBrowser/5.1.0.27487',
    ['console', 'Nintendo', 'WebKit', '609.4'],
  ],
  [
    `Mozilla/5.0 (Linux; Tizen 2.3; SAMSUNG SM-R600) ${WEBKIT} SamsungBrowser/1.1 Mobile Safari/537.36`,
    ['wearable', 'Tizen', 'Samsung Internet', '1.1'],
  ],
  ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', ['bot']],
  [
    `Mozilla/5.0 ${WEBKIT.slice(0, -1)}; compatible; GPTBot/1.2; +https://openai.com/gptbot)`,
    ['bot', undefined, 'WebKit', '537.36'],
  ],
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${WEBKIT} HeadlessChrome/126.0.0.0 Safari/537.36`,
    ['bot', 'Linux', 'Chrome Headless', '126.0.0.0'],
  ],
  ...[
    'python-requests/2.32.3',
    'python-httpx/0.27.0',
    'aiohttp/3.9.5',
    'curl/8.7.1',
    'Wget/1.21.4',
    'Go-http-client/2.0',
    'Apache-HttpClient/4.5.14 (Java/17.0.8)',
    'Java/17.0.8',
    'axios/1.7.2',
    'node',
    'undici',
    'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)',
    'PostmanRuntime/7.39.0',
    'GuzzleHttp/7',
    'kube-probe/1.29',
    'ELB-HealthChecker/2.0',
    'OpenAI/Python 1.30.1',
    'AsyncOpenAI/Python 1.30.1',
    'Anthropic/JS 0.24.0',
    'OTel-OTLP-Exporter-Python/1.25.0',
  ].map((userAgent) => [userAgent, ['bot']] as const),
  ['claude-cli/2.1.0 (external, cli)', ['unknown']],
  ['Dart/3.4 (dart:io)', ['unknown']],
  ['okhttp/4.12.0', ['unknown']],
  ['Shop/1.2 (Linux; Android 12) okhttp/4.9.3', ['mobile', 'Android']],
  ['android-async-http/1.4', ['mobile', 'Android']],
  ['grpc-java-okhttp/1.57.0', ['unknown']],
  ['grpc-swift-nio/1.20.0', ['unknown']],
  ['grpc-java-netty/1.57.0', ['bot']],
  ['PriceCrawler/2.0 okhttp/4.9.3', ['bot']],
  ['Alamofire/5.9.1', ['unknown']],
  ['ktor-client', ['unknown']],
  ['Ktor client', ['unknown']],
  ['ReactNative/0.74', ['unknown']],
  ['Cronet/119.0.6045.31', ['unknown']],
  ['Shop/1.0 (com.shop.app; build:3; iOS 17.4.0) Alamofire/5.9.1', ['mobile', 'iOS']],
  ['Shop/1 CFNetwork/1220.1 Darwin/20.3.0 (x86_64)', ['desktop', 'macOS']],
  [
    `Mozilla/5.0 (Phone; OpenHarmony 5.0) ${WEBKIT} Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile`,
    ['mobile', 'HarmonyOS', 'Chrome', '114.0.0.0'],
  ],
  [
    `Mozilla/5.0 (Linux; HarmonyOS; NOH-AN00) ${WEBKIT} Chrome/99.0.0.0 Mobile Safari/537.36`,
    ['mobile', 'HarmonyOS', 'Chrome', '99.0.0.0'],
  ],
  [
    'Mozilla/5.0 (Unknown; Linux x86_64) AppleWebKit/538.1 (KHTML, like Gecko) PhantomJS/2.1.1 Safari/538.1',
    ['bot', 'Linux', 'PhantomJS', '2.1.1'],
  ],
  ['-', ['unknown']],
  ['', ['unknown']],
];

for (const [userAgent, [deviceType, os, browser, browserVersion]] of AGENTS) {
  test(`${userAgent.slice(0, 70) || 'nothing'} is ${deviceType}`, () => {
    assert.deepEqual(
      { os: undefined, browser: undefined, browserVersion: undefined, ...parseUserAgent(userAgent) },
      { deviceType, os, browser, browserVersion },
    );
  });
}

test('equal strings give the same frozen object', () => {
  const [userAgent] = AGENTS[0]!;
  assert.equal(parseUserAgent(userAgent), parseUserAgent(`${userAgent.slice(0, 9)}${userAgent.slice(9)}`));
  assert.ok(Object.isFrozen(parseUserAgent(userAgent)));
});

test('any text has one of the device types', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (userAgent) => {
      assert.ok(DEVICE_TYPES.includes(parseUserAgent(userAgent).deviceType));
    }),
  );
  for (const name of ['__proto__', 'constructor', 'toString/1.0']) {
    assert.ok(DEVICE_TYPES.includes(parseUserAgent(name).deviceType));
  }
});

// Together they take a tenth of a second; a pattern that backtracks on one of them takes minutes.
test('hostile strings have a device type like any other', { timeout: 60_000 }, () => {
  const units = [
    'a',
    '(',
    ' ',
    '/',
    '1.',
    '; ',
    'http',
    'bot ',
    'tv ',
    'lg ',
    'Android ; ',
    'Mozilla/5.0 ',
    'version/',
    'chrome/1.',
    'safari ',
    '(iphone; ',
    'mobile ',
    'linux; u; android ',
    'opera ',
    'windows ',
    'galaxy ',
    'build/',
  ];
  for (const unit of units) {
    for (const userAgent of [unit.repeat(100_000), `Mozilla/5.0 (Linux; ${unit.repeat(100_000)}`]) {
      assert.ok(DEVICE_TYPES.includes(parseUserAgent(userAgent).deviceType), unit);
    }
  }
});

test('systems have one name, without version', () => {
  const names: readonly (readonly [string, string])[] = [
    ['darwin', 'macOS'],
    ['Mac OS X', 'macOS'],
    ['Mac OS 10.15.7', 'macOS'],
    ['MacIntel', 'macOS'],
    ['macOS', 'macOS'],
    ['windows', 'Windows'],
    ['Windows 10', 'Windows'],
    ['Win32', 'Windows'],
    ['linux', 'Linux'],
    ['Linux x86_64', 'Linux'],
    ['Linux armv81', 'Linux'],
    ['Linux armv8l', 'Linux'],
    ['Linux unknown', 'Linux'],
    ['FreeBSD amd64', 'FreeBSD'],
    ['Windows_NT', 'Windows'],
    ['OpenHarmony 5.0', 'HarmonyOS'],
    ['Android 14', 'Android'],
    ['Chromium OS', 'Chrome OS'],
    ['Ubuntu', 'Ubuntu'],
    ['__proto__', '__proto__'],
  ];
  for (const [text, name] of names) {
    assert.equal(osName(text), name);
    assert.equal(osName(name), name);
  }
});

test('a user agent is parsed once, even if a request has a hundred thousand of them', () => {
  const first = parseUserAgent('Probe/0 (Windows NT 10.0)');
  assert.equal(first.os, 'Windows');
  for (let i = 1; i < 20_000; i++) parseUserAgent(`Probe/${i}`);
  assert.equal(parseUserAgent('Probe/0 (Windows NT 10.0)'), first);
});
