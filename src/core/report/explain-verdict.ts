import type { WordVerdict } from '../words/judge-words.ts';
import type { ReadText } from '../words/read-statements.ts';
import { isComplaint, STATEMENT_KINDS, type Statement } from '../words/statement.ts';
import type { SpokenRule } from '../words/word-rule.ts';
import type { RankedCause, Report } from './report.ts';

/** A cause that the text speaks of. */
export interface HeardCause {
  readonly id: string;
  readonly rule: SpokenRule;
  readonly verdict: Exclude<WordVerdict, null>;
}

/** What the verdict of a text is drawn from. */
export interface ExplainVerdictInput {
  readonly read: ReadText;
  readonly heard: readonly HeardCause[];
  readonly shown: readonly RankedCause[];
}

/** The verdict and its one sentence. A cause that others fit as well leaves it inconclusive. */
export function explainVerdict({
  read,
  heard,
  shown,
}: ExplainVerdictInput): Pick<Report, 'verdict' | 'headline'> {
  const stated = read.statements.filter(({ stance }) => stance === 'stated');
  const [first] = shown;
  if (first === undefined) return withoutCause(read, stated);
  const strengths = new Map(
    heard.flatMap(({ id, verdict }) =>
      verdict.kind === 'heard' ? [[id, verdict.strength] as const] : [],
    ),
  );
  if (shown.every(({ id }) => strengths.get(id) === 'fits')) {
    return {
      verdict: 'inconclusive',
      headline: `The words do not decide it. They would fit: ${first.headline}`,
    };
  }
  const lead = first.verdict === 'confirmed' ? first.headline : `Probably: ${first.headline}`;
  const second = shown[1];
  const also =
    second === undefined
      ? ''
      : second.verdict === 'confirmed'
        ? ` Also: ${second.headline}`
        : ` Perhaps also: ${second.headline}`;
  return {
    verdict: isDown(stated, shown) ? 'broken' : 'degraded',
    headline: `${lead}${also}`,
  };
}

/** Causes that hurt single nodes, users or autoscalers while every API server serves. */
const PARTIAL =
  /^(?:kubelet-|user-rbac|requester-identity|hpa-|metrics-not-collected|node-just-joined|scrape-timeout|host-firewall|wrong-node-ip)/;

function isDown(stated: readonly Statement[], shown: readonly RankedCause[]): boolean {
  return (
    stated.some(({ kind }) => kind === 'api-unavailable' || kind === 'endpoints-missing') ||
    shown.some(({ id }) => !PARTIAL.test(id))
  );
}

function withoutCause(
  { split }: ReadText,
  stated: readonly Statement[],
): Pick<Report, 'verdict' | 'headline'> {
  if (split.records.length === 0) {
    return { verdict: 'inconclusive', headline: 'There is no text to explain.' };
  }
  const complaint = stated.find(isComplaint);
  const kinds = new Set(stated.map(({ kind }) => kind));
  if (complaint !== undefined) {
    const only = kinds.has('endpoints-missing')
      ? 'The Service has no endpoints, which only says that no metrics-server pod is Ready; its own log and state tell why.'
      : `The text shows that something fails (“${complaint.quote}”), but not why.`;
    return { verdict: 'inconclusive', headline: only };
  }
  const health = stated.find(({ kind }) => kind === 'numbers-served');
  if (health !== undefined) {
    return {
      verdict: 'healthy',
      headline: `Nothing in the text is broken: the Metrics API gives numbers (“${health.quote}”).`,
    };
  }
  if (kinds.has('api-available') && kinds.has('provider-ready')) {
    return {
      verdict: 'healthy',
      headline:
        'Nothing in the text is broken: the APIService is available and metrics-server is ready.',
    };
  }
  const spoken = stated.some(({ kind }) => STATEMENT_KINDS[kind] === 'health');
  const chatter = stated.some(({ kind }) => STATEMENT_KINDS[kind] === 'noise');
  return {
    verdict: 'inconclusive',
    headline: spoken
      ? 'Nothing in the text is broken, but it does not show that the Metrics API works.'
      : chatter
        ? 'These lines are ordinary chatter; nothing in them is wrong with the Metrics API.'
        : 'Nothing in this text speaks of a fault of the Metrics API.',
  };
}
