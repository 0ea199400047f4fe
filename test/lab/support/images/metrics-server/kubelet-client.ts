import { request } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { Flags } from './flags.ts';
import { goDialError, goVerifyError } from './go-errors.ts';

/** A Node object's fields that matter for reaching its kubelet. */
export interface ScrapeTarget {
  readonly name: string;
  readonly ready: boolean;
  readonly addresses: readonly { readonly type: string; readonly address: string }[];
  readonly kubeletPort: number | null;
}

/** How a scrape failed, in metrics-server's words. */
export class ScrapeError extends Error {
  readonly deadlineExceeded: boolean;

  constructor(message: string, deadlineExceeded: boolean) {
    super(message);
    this.deadlineExceeded = deadlineExceeded;
  }
}

export interface KubeletAccess {
  readonly flags: Flags;
  /** PEM bundle that serving certificates are verified against. */
  readonly ca: string;
  readonly token: string;
}

/** GET /metrics/resource of one kubelet. @throws ScrapeError */
export function scrapeKubelet(target: ScrapeTarget, access: KubeletAccess): Promise<string> {
  const { flags } = access;
  const host = addressOf(target, flags.kubeletPreferredAddressTypes);
  if (host === null) {
    return Promise.reject(
      new ScrapeError(
        `no address matched types [${flags.kubeletPreferredAddressTypes.join(' ')}]`,
        false,
      ),
    );
  }
  const port = (flags.kubeletUseNodeStatusPort ? target.kubeletPort : null) ?? flags.kubeletPort;
  const url = `https://${host}:${port}/metrics/resource`;
  const get = (reason: string): string => `Get ${JSON.stringify(url)}: ${reason}`;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new ScrapeError(get('context deadline exceeded'), true));
      outgoing.destroy();
    }, flags.kubeletRequestTimeoutMs);
    const settle = (end: () => void): void => {
      clearTimeout(timer);
      end();
      outgoing.destroy();
    };
    const outgoing = request(
      url,
      {
        // Without an agent there is no pooling: a fault shows at the next round, not when a connection dies.
        createConnection: () =>
          verifiedSocket(host, port, access, (reason) =>
            settle(() => reject(new ScrapeError(get(reason), false))),
          ),
        headers: {
          authorization: `Bearer ${access.token}`,
          'user-agent': 'metrics-server/v0.7.2 (linux/amd64) kubernetes/0969601',
        },
      },
      (answer) => {
        const status = answer.statusCode ?? 0;
        if (status !== 200) {
          settle(() =>
            reject(
              new ScrapeError(
                `request failed, status: "${status} ${answer.statusMessage ?? ''}"`,
                false,
              ),
            ),
          );
          return;
        }
        let text = '';
        answer.setEncoding('utf8');
        answer.on('data', (chunk: string) => {
          text += chunk;
        });
        answer.once('end', () => settle(() => resolve(text)));
      },
    );
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      settle(() => reject(new ScrapeError(get(goDialError(error, host, port)), false)));
    });
    outgoing.end();
  });
}

/** A TLS connection judged in Go's order; Node.js would stop at the chain and never name a wrong host name. */
function verifiedSocket(
  host: string,
  port: number,
  access: KubeletAccess,
  refuse: (reason: string) => void,
): TLSSocket {
  const socket = connect({
    host,
    port,
    ca: access.ca,
    rejectUnauthorized: false,
    ...(/^[\d.:]+$/.test(host) ? {} : { servername: host }),
  });
  socket.once('secureConnect', () => {
    if (access.flags.kubeletInsecureTls) return;
    const chainError = socket.authorized ? null : String(socket.authorizationError);
    const error = goVerifyError(host, socket.getPeerCertificate(), chainError, new Date());
    if (error !== null) refuse(error);
  });
  return socket;
}

/** The first address of the first preferred type that the node has. */
function addressOf(target: ScrapeTarget, preferred: readonly string[]): string | null {
  for (const type of preferred) {
    const found = target.addresses.find((candidate) => candidate.type === type);
    if (found !== undefined) return found.address;
  }
  return null;
}
