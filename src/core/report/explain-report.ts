import type { Claim } from '../causes/define-cause.ts';
import { causes } from '../causes/index.ts';
import type { Facts } from '../evidence/facts.ts';
import { networkSentence } from '../evidence/network-words.ts';
import { known, missing } from '../evidence/observed.ts';
import { type Choice, choose } from '../words/choose.ts';
import { judgeWords } from '../words/judge-words.ts';
import { BESIDE, toldBeside } from '../words/managed.ts';
import { type ReadText, readStatements } from '../words/read-statements.ts';
import { SPOKEN_RULES } from '../words/rules/rules.ts';
import { isComplaint, STATEMENT_KINDS, type Statement, symptomId } from '../words/statement.ts';
import {
  type ExplainContext,
  networkOf,
  platformOf,
  unknownContext,
} from '../words/text-context.ts';
import type { Heard } from '../words/word-rule.ts';
import { explainVerdict, type HeardCause } from './explain-verdict.ts';
import type { RankedCause, Report } from './report.ts';
import { count, list } from './words.ts';

/** A pasted text, what was told beside it, and who asks when. */
export interface ExplainRequest {
  readonly text: string;
  readonly context: ExplainContext;
  readonly runId: string;
  readonly takenAt: string;
  readonly tookMs: number;
}

/** The report of a pasted text: the same shape as a run's, from words instead of measurements. Pure. */
export function explainText(request: ExplainRequest): Report {
  const read = readStatements(request.text);
  const facts = factsOfText(request);
  const heard = hear([...read.statements, ...toldBeside(request.context)], facts);
  const choice = choose(
    heard.flatMap(({ id, verdict }) =>
      verdict.kind === 'heard'
        ? [
            {
              id,
              strength: verdict.strength,
              relied: verdict.heard.statements,
              explains: verdict.explains,
            },
          ]
        : [],
    ),
  );
  const shown = choice.shown.flatMap((id) => rankedCause(id, heard));
  const { verdict, headline } = explainVerdict({ read, heard, shown });
  return {
    schema: 'metrics-diag/report/v1',
    cluster: null,
    runId: request.runId,
    verdict,
    headline,
    causes: shown,
    ruledOut: ruledOut(heard),
    unknown: undecided(choice, heard),
    unexplained: unexplained(read.statements, choice),
    apiServers: [],
    reach: [],
    impact: {
      sentences: [],
      apiServersServing: 0,
      apiServersTotal: 0,
      hpasBlind: [],
      nodesWithoutMetrics: [],
    },
    checklist: [],
    pattern: contextSentences(facts),
    notSeen: [...notSeen(read, shown), ...unknownContext(request.context)],
    byHand: [],
    final: true,
    tookMs: request.tookMs,
    takenAt: request.takenAt,
  };
}

/**
 * Platform and network as told; everything else is missing, whatever was pasted. An extract is no object: `infer`
 * takes a list of nodes or pods as complete, and would rule out what was merely not pasted.
 */
function factsOfText({ text, context, takenAt }: ExplainRequest): Facts {
  const platform = platformOf(text, context);
  const gap = missing('not-attempted', 'only pasted text was read');
  const names = new Set(causes.flatMap(({ needs, wants }) => [...needs, ...wants]));
  return {
    ...Object.fromEntries([...names].map((name) => [name, gap])),
    platform,
    network: networkOf(text, context, platform),
    takenAt: known(takenAt, 'the clock of the asker'),
    // Every fact that a cause reads is there; the compiler cannot follow the list of names.
  } as unknown as Facts;
}

function hear(statements: readonly Statement[], facts: Facts): readonly HeardCause[] {
  return SPOKEN_RULES.flatMap(([id, rule]) => {
    const verdict = judgeWords(rule, statements, facts);
    return verdict === null ? [] : [{ id, rule, verdict }];
  });
}

function rankedCause(id: string, heard: readonly HeardCause[]): readonly RankedCause[] {
  const found = heard.find((one) => one.id === id);
  if (found === undefined || found.verdict.kind !== 'heard') return [];
  const { rule, verdict } = found;
  const cause = causes.find((one) => one.id === id);
  const confirmed = verdict.strength === 'proves';
  return [
    {
      id,
      title: cause?.title ?? spelt(rule.headline, verdict.heard),
      verdict: confirmed ? 'confirmed' : 'suspected',
      headline: spelt(rule.headline, verdict.heard),
      where: { nodes: verdict.heard.nodes, from: [], to: [], layer: null, direction: null },
      because: claimsOf(verdict.heard.statements),
      contradicts: [],
      settle: confirmed ? null : spelt(rule.settle, verdict.heard),
      fixes: cause?.fromWords?.fixes(verdict.heard) ?? [],
    },
  ];
}

function spelt(words: string | ((heard: Heard) => string), heard: Heard): string {
  return typeof words === 'string' ? words : words(heard);
}

/** Quotes shown for one cause; a log repeats itself. */
const SHOWN_QUOTES = 6;

function claimsOf(statements: readonly Statement[]): readonly Claim[] {
  const byQuote = new Map(statements.map((statement) => [statement.quote, statement]));
  return [...byQuote.values()].slice(0, SHOWN_QUOTES).map(({ quote, line }) => {
    const place = line === BESIDE ? 'told beside the text' : `line ${line}`;
    return { text: `${place}: “${quote}”`, evidence: place };
  });
}

function ruledOut(heard: readonly HeardCause[]): Report['ruledOut'] {
  return heard.flatMap(({ id, verdict }) =>
    verdict.kind === 'ruled-out'
      ? [
          {
            id,
            because: `line ${verdict.because.line}: “${verdict.because.quote}”`,
          },
        ]
      : [],
  );
}

function undecided(choice: Choice, heard: readonly HeardCause[]): Report['unknown'] {
  return choice.undecided.flatMap((id) => {
    const found = heard.find((one) => one.id === id);
    if (found === undefined || found.verdict.kind !== 'heard') return [];
    return [
      {
        id,
        missing: ['words that tell it from what is named first'],
        settle: spelt(found.rule.settle, found.verdict.heard),
      },
    ];
  });
}

function unexplained(statements: readonly Statement[], choice: Choice): readonly string[] {
  const open = statements.filter(
    (statement) =>
      statement.stance === 'stated' &&
      isComplaint(statement) &&
      !choice.explained.has(symptomId(statement)),
  );
  const byQuote = new Map(open.map((statement) => [statement.quote, statement]));
  return [...byQuote.values()]
    .slice(0, SHOWN_QUOTES)
    .map(({ quote, line }) => `line ${line}: “${quote}”`);
}

function contextSentences({ platform, network }: Facts): readonly string[] {
  return [
    ...(platform.state === 'known' ? [`Platform: ${platform.value} (${platform.source}).`] : []),
    ...(network.state === 'known' ? [networkSentence(network)] : []),
  ];
}

function notSeen(
  { statements, split }: ReadText,
  shown: readonly RankedCause[],
): readonly string[] {
  const chatter = statements.filter(({ kind }) => STATEMENT_KINDS[kind] === 'noise');
  const elsewhen = statements.filter(({ stance }) => stance === 'past' || stance === 'supposed');
  return [
    'Only the pasted text was read; nothing was measured.',
    ...(split.leftOut > 0
      ? [`${split.leftOut} characters in the middle of the text were left out: it is too long.`]
      : []),
    ...(chatter.length > 0
      ? [
          `Chatter, which says nothing here: lines ${list([...new Set(chatter.map(({ line }) => String(line)))])}.`,
        ]
      : []),
    ...(elsewhen.length > 0
      ? [
          `${count(elsewhen.length, 'remark')} about the past, or only supposed, not counted: lines ${list([...new Set(elsewhen.map(({ line }) => String(line)))])}.`,
        ]
      : []),
    ...(shown.length === 0 ? [NEXT] : []),
  ];
}

/** What to paste next, where the words do not decide. */
const NEXT =
  'To go on, paste the output of: kubectl get apiservice v1beta1.metrics.k8s.io -o yaml; kubectl -n kube-system get pods -o wide | grep metrics-server; kubectl -n kube-system logs deploy/metrics-server --tail=50 (rke2-metrics-server on RKE2).';
