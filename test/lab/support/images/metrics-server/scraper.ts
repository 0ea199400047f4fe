import type { ApiClient } from './api-client.ts';
import type { Flags } from './flags.ts';
import { logF, logS } from './klog.ts';
import { ScrapeError, type ScrapeTarget, scrapeKubelet } from './kubelet-client.ts';
import { type NodeSamples, parseResourceMetrics } from './prometheus-text.ts';
import type { Storage } from './storage.ts';

/**
 * Until each node that answers has two points, rounds come this often. The real program waits a whole
 * resolution; a lab does not have the time, and everything after the first seconds is the same.
 */
const WARM_UP_MS = 2_000;
/** Rounds at most in a hurry, or a dead node would keep the hurry up for ever. */
const WARM_UP_ROUNDS = 15;

/** What the serving side needs to know of the scraping side. */
export interface Scraping {
  /** Null when fine, else what the liveness check says. */
  liveness(): string | null;
  /** Scrapes at once, or once more after the round that is under way. Settles when that round has been stored. */
  scrapeNow(): Promise<void>;
  stop(): void;
}

/** Scrapes every node of the cluster, round by round, until stopped. */
export function startScraping(
  api: ApiClient,
  flags: Flags,
  kubeletCa: string,
  storage: Storage,
): Scraping {
  let lastStart = Date.now();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let rounds = 0;
  let running: Promise<void> = Promise.resolve();
  const scrape = async (): Promise<void> => {
    lastStart = Date.now();
    rounds += 1;
    const targets = await listNodes(api);
    if (targets !== null) {
      const token = await api.token();
      const answers = await Promise.all(
        targets.map((target) => scrapeOne(target, { flags, ca: kubeletCa, token })),
      );
      storage.store(new Map(answers.flatMap((answer) => (answer === null ? [] : [answer]))));
    }
    if (stopped) return;
    clearTimeout(timer);
    const complete = targets !== null && storage.nodes().length === targets.length;
    const hurry = !complete && rounds < WARM_UP_ROUNDS;
    const pause = hurry ? WARM_UP_MS : flags.metricResolutionMs;
    timer = setTimeout(() => void round(), Math.max(0, lastStart + pause - Date.now()));
  };
  const round = (): Promise<void> => {
    running = running.then(scrape);
    return running;
  };
  void round();
  return {
    scrapeNow: round,
    liveness() {
      const waitedMs = Date.now() - lastStart;
      const allowedMs = 1.5 * flags.metricResolutionMs + flags.kubeletRequestTimeoutMs;
      if (waitedMs <= allowedMs) return null;
      return `time since last tick (${waitedMs / 1000}s) was greater than expected metrics resolution (${allowedMs / 1000}s)`;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

async function scrapeOne(
  target: ScrapeTarget,
  access: { flags: Flags; ca: string; token: string },
): Promise<readonly [string, NodeSamples] | null> {
  try {
    return [target.name, parseResourceMetrics(await scrapeKubelet(target, access))];
  } catch (error) {
    if (!(error instanceof ScrapeError)) throw error;
    // The real program is silent (at its default verbosity) about nodes that the API server calls NotReady.
    if (!target.ready) return null;
    const err = error.message;
    const node = target.name;
    if (error.deadlineExceeded) {
      const timeout = `${access.flags.kubeletRequestTimeoutMs / 1000}s`;
      const message = 'Failed to scrape node, timeout to access kubelet';
      logS('E', 'scraper.go:147', message, { err, node, timeout });
    } else {
      logS('E', 'scraper.go:149', 'Failed to scrape node', { err, node });
    }
    return null;
  }
}

/** The nodes of the cluster; null when the API server does not say, which is logged as client-go's reflector does. */
async function listNodes(api: ApiClient): Promise<ScrapeTarget[] | null> {
  const list = 'k8s.io/client-go@v0.29.2/tools/cache/reflector.go:229';
  const complain = (reason: string): null => {
    logF('W', 'reflector.go:539', `${list}: failed to list *v1.Node: ${reason}`);
    logF(
      'E',
      'reflector.go:147',
      `${list}: Failed to watch *v1.Node: failed to list *v1.Node: ${reason}`,
    );
    return null;
  };
  try {
    const { status, body } = await api.call('GET', '/api/v1/nodes?limit=500&resourceVersion=0');
    const answer = body as { items?: readonly NodeObject[]; message?: string };
    if (status !== 200 || answer.items === undefined) {
      return complain(answer.message ?? `status ${status}`);
    }
    return answer.items.map(({ metadata, status: node }) => ({
      name: metadata.name,
      ready:
        node.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
      addresses: node.addresses ?? [],
      kubeletPort: node.daemonEndpoints?.kubeletEndpoint?.Port ?? null,
    }));
  } catch (error) {
    return complain(error instanceof Error ? error.message : String(error));
  }
}

/** The fields of a v1 Node that are used; the API server validated the object. */
interface NodeObject {
  readonly metadata: { readonly name: string };
  readonly status: {
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port?: number } };
  };
}
