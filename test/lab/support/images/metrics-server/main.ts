/**
 * A stand-in for metrics-server v0.7.2, for labs without a registry: the same flags, the same TLS and
 * front-proxy rules, the same scrapes with the same log lines. What it does not have: watches (it lists Nodes
 * before each round), protobuf, `/metrics`, node selectors. See the module comments for where it differs.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inClusterClient } from './api-client.ts';
import { type Flags, parseFlags } from './flags.ts';
import { readTrust } from './front-proxy.ts';
import { setNameserver } from './go-errors.ts';
import { logF } from './klog.ts';
import { type Scraping, startScraping } from './scraper.ts';
import { type ServingPair, selfSignedForLocalhost } from './self-signed.ts';
import { serve } from './serve.ts';
import { createStorage } from './storage.ts';

/** Read by the lab from outside: `support/kubelets/scrape-now.ts`. */
const SCRAPES_FILE = '/tmp/lab-scraped';

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2));
  const pair = await servingPair(flags);
  const nameserver = /^nameserver (\S+)/m.exec(
    await readFile('/etc/resolv.conf', 'utf8').catch(() => ''),
  );
  if (nameserver?.[1] !== undefined) setNameserver(nameserver[1]);
  const api = await inClusterClient(process.env);
  const trust = await readTrust(api, flags);
  logF('I', 'handler.go:275', 'Adding GroupVersion metrics.k8s.io v1beta1 to ResourceManager');
  const kubeletCa =
    flags.kubeletCertificateAuthority === null
      ? api.ca
      : await readFile(flags.kubeletCertificateAuthority, 'utf8');
  const storage = createStorage();
  const scraping = startScraping(api, flags, kubeletCa, storage);
  scrapeWhenTold(scraping);
  await serve({ api, trust, storage, scraping, pair, port: flags.securePort });
  logF('I', 'secure_serving.go:213', `Serving securely on [::]:${flags.securePort}`);
}

/**
 * The lab's own: SIGUSR2 starts a round at once, and the file says up to which moment (epoch milliseconds) whoever
 * asked has been served, so that a scenario need not wait for the next tick.
 */
function scrapeWhenTold(scraping: Scraping): void {
  process.on('SIGUSR2', () => {
    const toldAt = Date.now();
    void scraping.scrapeNow().then(() => writeFile(SCRAPES_FILE, String(toldAt)));
  });
}

async function servingPair(flags: Flags): Promise<ServingPair> {
  if (flags.tlsCertFile !== null && flags.tlsPrivateKeyFile !== null) {
    const [cert, key] = await Promise.all([
      readFile(flags.tlsCertFile, 'utf8'),
      readFile(flags.tlsPrivateKeyFile, 'utf8'),
    ]);
    return { cert, key };
  }
  const pair = selfSignedForLocalhost(new Date());
  const [certFile, keyFile] = [
    join(flags.certDir, 'apiserver.crt'),
    join(flags.certDir, 'apiserver.key'),
  ];
  await mkdir(flags.certDir, { recursive: true });
  await writeFile(certFile, pair.cert);
  await writeFile(keyFile, pair.key, { mode: 0o600 });
  logF('I', 'serving.go:374', `Generated self-signed cert (${certFile}, ${keyFile})`);
  return pair;
}

process.on('SIGTERM', () => process.exit(0));
main().catch((error: unknown) => {
  if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') {
    // The serving options panic; a Go program that panics exits with 2.
    const { port } = error as NodeJS.ErrnoException & { readonly port: number };
    const at = `0.0.0.0:${port}`;
    process.stderr.write(
      `panic: failed to create listener: failed to listen on ${at}: listen tcp ${at}: bind: address already in use\n`,
    );
    process.exit(2);
  }
  // cobra prints an error of the command like this and exits with 1.
  process.stderr.write(`Error: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
