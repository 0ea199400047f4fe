import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';

/** Where Debian, Ubuntu and Chrome's own packages put it. */
const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
/** Ends a hanging start; on a busy machine a first start takes tens of seconds. */
const START_MS = 90_000;

/** The browser's path; null where none is installed. */
export function findChromium(): string | null {
  return PATHS.find((path) => existsSync(path)) ?? null;
}

/** One page of a headless Chromium, driven by its DevTools protocol. */
export interface Page {
  open(url: string, look?: { readonly width: number; readonly dark: boolean }): Promise<void>;
  /** The value of an expression; throws what it throws. */
  evaluate<T>(expression: string): Promise<T>;
  screenshot(): Promise<Buffer>;
  /** Addresses that the page asked for since it was opened. */
  readonly requests: readonly string[];
  /** What the page said in the console or threw, and what its policy refused. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

type Json = Record<string, unknown>;

export async function openChromium(path: string): Promise<Page> {
  const profile = mkdtempSync(join(tmpdir(), 'metrics-diag-chromium-'));
  const browser = spawn(
    path,
    [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--remote-debugging-port=0',
      `--user-data-dir=${profile}`,
      'about:blank',
    ],
    { stdio: 'ignore', detached: true }, // a process group of its own, so that all of it can be ended
  );
  const socket = await connect(browser, profile);
  const waiting = new Map<number, (answer: Json) => void>();
  const loads: (() => void)[] = [];
  const requests: string[] = [];
  const complaints: string[] = [];
  let id = 0;
  const send = (method: string, params: Json = {}): Promise<Json> =>
    new Promise((resolve, reject) => {
      id += 1;
      waiting.set(id, (answer) =>
        answer['error'] === undefined
          ? resolve(answer['result'] as Json)
          : reject(new Error(`${method}: ${JSON.stringify(answer['error'])}`)),
      );
      socket.send(JSON.stringify({ id, method, params }));
    });
  socket.on('message', (raw: Buffer) => {
    const message = JSON.parse(raw.toString()) as Json & { params?: Json };
    const { method, params = {} } = message;
    if (typeof message['id'] === 'number') waiting.get(message['id'])?.(message);
    if (method === 'Page.loadEventFired') loads.shift()?.();
    if (method === 'Network.requestWillBeSent') {
      requests.push((params['request'] as { url: string }).url);
    }
    if (method === 'Runtime.exceptionThrown' || method === 'Log.entryAdded') {
      complaints.push(JSON.stringify(params));
    }
  });
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await send(`${domain}.enable`);
  return {
    requests,
    complaints,
    async open(url, { width, dark } = { width: 1200, dark: false }) {
      const height = 900;
      const metrics = { width, height, deviceScaleFactor: 1, mobile: width < 600 };
      await send('Emulation.setDeviceMetricsOverride', metrics);
      const scheme = { name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' };
      await send('Emulation.setEmulatedMedia', { features: [scheme] });
      requests.length = 0;
      complaints.length = 0;
      const loaded = new Promise<void>((resolve) => loads.push(resolve));
      await send('Page.navigate', { url });
      await loaded;
    },
    async evaluate<T>(expression: string) {
      const answer = await send('Runtime.evaluate', { expression, returnByValue: true });
      if (answer['exceptionDetails'] !== undefined) throw new Error(JSON.stringify(answer));
      return (answer['result'] as { value: T }).value;
    },
    async screenshot() {
      const options = { format: 'png', captureBeyondViewport: true };
      const { data } = await send('Page.captureScreenshot', options);
      return Buffer.from(String(data), 'base64');
    },
    async close() {
      socket.close();
      await stop(browser);
      await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

async function connect(browser: ChildProcess, profile: string): Promise<WebSocket> {
  const file = join(profile, 'DevToolsActivePort');
  const end = Date.now() + START_MS;
  while (!existsSync(file) || !readFileSync(file, 'utf8').includes('\n')) {
    if (Date.now() > end) {
      await stop(browser);
      throw new Error('chromium did not start');
    }
    await sleep(100);
  }
  const port = readFileSync(file, 'utf8').split('\n')[0] ?? '';
  const response = await fetch(`http://127.0.0.1:${port}/json/list`);
  const targets = (await response.json()) as { type: string; webSocketDebuggerUrl: string }[];
  const target = targets.find(({ type }) => type === 'page');
  const socket = new WebSocket(target?.webSocketDebuggerUrl ?? '');
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return socket;
}

/** Ends the browser and its helpers, which would go on writing into the profile. */
async function stop(browser: ChildProcess): Promise<void> {
  if (browser.exitCode !== null || browser.pid === undefined) return;
  const ended = new Promise((resolve) => browser.once('exit', resolve));
  process.kill(-browser.pid, 'SIGKILL');
  await ended;
}
