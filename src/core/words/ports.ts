import type { SplitText, TextRecord } from './split-text.ts';
import { stanceOf } from './stance.ts';
import type { Statement } from './statement.ts';

const IS = `["'\`]?(?:\\s{0,12}(?:[:=,]|->|is|still|of|at|set to|was|为|是|还是|仍是|仍为)){0,2}\\s{0,16}["'\`]?`;
/** Where the Service sends packets: manifest, JSON, `kubectl describe`, or a sentence. */
const TARGET = new RegExp(`\\btarget[- ]?port${IS}(?<port>\\d{2,5})\\b`, 'gi');
/** Where metrics-server listens. */
const SECURE = new RegExp(`\\bsecure-port${IS}(?<port>\\d{2,5})\\b`, 'gi');
/** The same flag of kube-apiserver, kube-controller-manager and kube-scheduler, with their defaults. */
const OTHERS_PORTS: ReadonlySet<string> = new Set(['6443', '10257', '10259']);

interface Told {
  readonly port: string;
  readonly record: TextRecord;
}

/** A Service whose targetPort is none that metrics-server listens on, where a text tells both as numbers. */
export function portsApart({ records }: SplitText): readonly Statement[] {
  const listened = portsIn(records, SECURE).filter(({ port }) => !OTHERS_PORTS.has(port));
  const targets = portsIn(records, TARGET);
  const listening = new Set(listened.map(({ port }) => port));
  const [target] = targets;
  if (target === undefined || listening.size === 0) return [];
  if (targets.some(({ port }) => listening.has(port))) return [];
  return [
    {
      kind: 'target-port-wrong',
      leg: null,
      stance: 'stated',
      verbatim: false,
      host: null,
      port: Number(target.port),
      node: null,
      value: target.port,
      quote: `targetPort ${target.port}, --secure-port ${[...listening].join(', ')} (line ${listened[0]?.record.line ?? 0})`,
      line: target.record.line,
    },
  ];
}

function portsIn(records: readonly TextRecord[], pattern: RegExp): readonly Told[] {
  return records.flatMap((record) =>
    !record.lower.includes('port')
      ? []
      : [...record.text.matchAll(pattern)].flatMap((match) => {
          const port = match.groups?.['port'];
          const end = match.index + match[0].length;
          const meant = stanceOf(record.text, match.index, end) === 'stated';
          return port === undefined || !meant ? [] : [{ port, record }];
        }),
  );
}
