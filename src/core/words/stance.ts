import type { Stance } from './statement.ts';

/** Words before a match that turn it round, with nothing between but an article or "because of". */
const DENIED_BEFORE =
  /(?:\b(?:no|not|never|without|neither|nor|isn't|aren't|wasn't|doesn't|don't|didn't|hasn't|haven't|rather than|instead of|ruled? out|excluded?|no longer)\b(?:\s(?:a|an|any|the|because of|due to|by|of|have|has|longer|about|see|sign of|signs of)){0,3}\s{0,3}["'(]{0,2}|(?:没有|不是|并非|并没有|不存在|排除了?|未见|无)["“「]?\s{0,2})$/i;
/** Words behind a match that take it back. */
const DENIED_BEHIND =
  /^["')]{0,3}\s{0,3}(?:is|are|was|were|has been|have been)?\s{0,2}(?:not (?:the (?:problem|cause|case|issue|reason)|it\b|involved|in use)|ruled out|excluded|disabled|stopped|no (?:problem|issue|longer)|fine\b|不是问题|没问题|已排除|已关闭|都?正常)/i;
const PAST =
  /\b(?:last (?:month|year)|used to|previously|formerly|in the past|back then|years? ago|months? ago)\b|\b(?:that|this|it|which|those) (?:was|were|has been|is) (?:already |now )?(?:solved|fixed|resolved|cured)|\b(?:we|i) (?:already |have already )?(?:solved|fixed|resolved)\b|以前|之前(?:有|是|报|出)|上个?月|去年|曾经?|已(?:经)?(?:解决|修复|处理)/i;
const SUPPOSED =
  /\b(?:could (?:it|this|that) be|(?:might|may|could) (?:also )?be\b|maybe|perhaps|i (?:suspect|guess|wonder|assume|think it)|we (?:suspect|guess|wonder)|is it (?:possible|because|a\b|the\b)|what if|would be|should (?:i|we) check|not sure (?:if|whether)|possibly a\b|or is it)|会不会|是不是|可能是|也许|或许|怀疑|难道|如果/i;

/** How far before and behind a match its own words are looked for. */
const BEFORE = 40;
const BEHIND = 40;

/** How the words between `start` and `end` of a sentence are meant. */
export function stanceOf(sentence: string, start: number, end: number): Stance {
  if (PAST.test(sentence)) return 'past';
  const before = sentence.slice(0, start);
  if (SUPPOSED.test(before)) return 'supposed';
  if (DENIED_BEFORE.test(before.slice(-BEFORE))) return 'denied';
  if (DENIED_BEHIND.test(sentence.slice(end, end + BEHIND))) return 'denied';
  return 'stated';
}

/** True for what programs write: a log header, a table, `key=value`, a tool's row. People's stances are not read there. */
export function isMachineText(text: string): boolean {
  return /^\s{0,20}(?:[IWEF]\d{4} |\d{4}[-/]\d\d[-/]\d\d[T ]|\[\s{0,6}\d{1,9}\.\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:|\d{1,2}月|time="|\{"|Warning {2}|Normal {2}|"?(?:Failed|Unable)[^\n]{1,40}" err=|level=)/.test(
    text,
  );
}
