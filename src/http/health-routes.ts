import type { HttpAnswer, Route } from './http-server.ts';
import type { Metrics } from './metrics.ts';

const CHECK_TIMEOUT_MS = 1_000;

/** Checks by name; each resolves to true when that part is ready. */
export type ReadinessChecks = Readonly<Record<string, () => boolean | Promise<boolean>>>;

/** `/livez` (the process turns), `/readyz` (it can do its work; names what is not ready), `/metrics`. */
export function healthRoutes(
  checks: ReadinessChecks,
  metrics: Metrics,
): Readonly<Record<string, Route>> {
  return {
    'GET /livez': () => ({ status: 200, text: 'ok' }),
    'GET /readyz': () => readiness(checks),
    'GET /metrics': async () => ({
      status: 200,
      text: (await metrics.registry.metrics()).trimEnd(),
      headers: { 'content-type': metrics.registry.contentType },
    }),
  };
}

async function readiness(checks: ReadinessChecks): Promise<HttpAnswer> {
  const lines = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => ({ name, ready: await bounded(check) })),
  );
  const text = lines.map(({ name, ready }) => `${name}: ${ready ? 'ok' : 'not ready'}`).join('\n');
  return { status: lines.every(({ ready }) => ready) ? 200 : 503, text };
}

async function bounded(check: () => boolean | Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([(async () => check())(), late]);
  } catch {
    return false; // a check that fails is the answer "not ready"
  } finally {
    clearTimeout(timer);
  }
}
