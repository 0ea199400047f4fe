import type { SplitText } from './split-text.ts';
import { isComplaint, type Statement } from './statement.ts';

/** What only the statements' neighbourhood tells: which side of a capture, which service, which port. */
export function refined(
  statements: readonly Statement[],
  { lines }: SplitText,
): readonly Statement[] {
  const kept = statements.flatMap((statement): readonly Statement[] => {
    switch (statement.kind) {
      case 'bad-udp-checksum':
        return [{ ...statement, value: statement.value ?? captureSide(statement, lines) }];
      case 'kubelet-stopped':
        return statement.verbatim && !isAboutKubelet(statement, lines) ? [] : [statement];
      default:
        return [statement];
    }
  });
  return [...kept, ...oddPorts(kept), ...oddProviderPorts(kept)];
}

/** Lines above a capture that may say where it was taken. */
const CAPTURE_CONTEXT_LINES = 4;
const RECEIVER = /receiv|destination|target (?:node|host)|接收|目的|对端收|arriv/i;
const SENDER = /\bsend(?:er|ing|s)?\b|\bsource\b|\bout(?:going|bound)\b|发送|源端|发出/i;

/** Which side saw it: told near the capture, and not told otherwise anywhere else. */
function captureSide({ line, quote }: Statement, lines: readonly string[]): string | null {
  const near = [...lines.slice(Math.max(0, line - 1 - CAPTURE_CONTEXT_LINES), line), quote];
  for (const text of near.toReversed()) {
    const receiver = text.search(RECEIVER);
    const sender = text.search(SENDER);
    if (receiver < 0 && sender < 0) continue;
    if (receiver >= 0 && (sender < 0 || receiver < sender)) {
      return lines.some((other) => SENDER.test(other)) ? null : 'receiver';
    }
    return 'sender';
  }
  return null;
}

const SERVICE_NAME =
  /\b(kubelet|firewalld|ufw|chronyd?|ntpd?|systemd-timesyncd|nm-cloud-setup|NetworkManager|docker|containerd|rke2-\w{5,6}|k3s(?:-agent)?)\b/i;

function isAboutKubelet({ line }: Statement, lines: readonly string[]): boolean {
  for (const text of lines.slice(Math.max(0, line - 6), line).toReversed()) {
    const name = SERVICE_NAME.exec(text)?.[1]?.toLowerCase();
    if (name !== undefined) return /^(?:kubelet|rke2|k3s)/.test(name);
  }
  return false;
}

const KUBELET_PORT = 10_250;

/** Scrapes that go to another port than the kubelet's. */
function oddPorts(statements: readonly Statement[]): readonly Statement[] {
  return statements
    .filter(
      (statement) =>
        isComplaint(statement) &&
        statement.verbatim &&
        statement.leg === 'metrics-server-to-kubelet' &&
        statement.port !== null &&
        statement.port !== KUBELET_PORT &&
        statement.kind !== 'name-not-resolved',
    )
    .map((statement) => ({
      ...statement,
      kind: 'kubelet-odd-port',
      value: String(statement.port),
    }));
}

/** Ports that managed control planes may open on nodes by default, and the API server's own. */
const USUAL_PROVIDER_PORTS: ReadonlySet<number> = new Set([443, 6443, 8443, 10_250]);

function oddProviderPorts(statements: readonly Statement[]): readonly Statement[] {
  return statements
    .filter(
      ({ kind, leg, port }) =>
        kind === 'timed-out' &&
        leg === 'api-server-to-metrics-server' &&
        port !== null &&
        !USUAL_PROVIDER_PORTS.has(port),
    )
    .map((statement) => ({
      ...statement,
      kind: 'provider-odd-port',
      value: String(statement.port),
    }));
}
