/**
 * Slack's limits, as `@slack/types` 3.2.0 and docs.slack.dev state them, checked before Slack does.
 * Tests and the stand-in Slack hold every message against them.
 */

/** Blocks in one message. */
export const MAX_BLOCKS = 50;
/** Text of a section. */
export const MAX_SECTION_CHARS = 3_000;
/** `text` beside blocks; Slack cuts at 40,000, its guides advise 4,000. */
export const MAX_TEXT_CHARS = 4_000;
/** All blocks as JSON: 13,172 were refused as `msg_blocks_too_long` (bolt-js #2509), others guard at 12,000. */
export const MAX_BLOCKS_JSON_CHARS = 12_000;

const MAX_HEADER_CHARS = 150;
const MAX_FIELDS = 10;
const MAX_FIELD_CHARS = 2_000;
const MAX_CONTEXT_ELEMENTS = 10;
const MAX_ACTIONS = 25;
const MAX_BUTTON_CHARS = 75;
const MAX_BUTTON_VALUE_CHARS = 2_000;
const MAX_URL_CHARS = 3_000;
const MAX_ID_CHARS = 255;
const MAX_ALT_CHARS = 2_000;
const MAX_CONFIRM = { title: 100, text: 300, confirm: 30, deny: 30 } as const;

type Json = Readonly<Record<string, unknown>>;
type Check = (block: Json, at: string) => string[];

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Slack answers `invalid_blocks` to a key that it does not know. */
function unknownKeys(value: Json, allowed: readonly string[], at: string): string[] {
  return Object.keys(value)
    .filter((key) => !allowed.includes(key))
    .map((key) => `${at}: unknown key "${key}"`);
}

function textProblems(value: unknown, at: string, max: number, plainOnly = false): string[] {
  if (!isObject(value)) return [`${at}: a text object is required`];
  const { type, text } = value;
  const known = type === 'mrkdwn' ? ['type', 'text', 'verbatim'] : ['type', 'text', 'emoji'];
  const problems = unknownKeys(value, known, at);
  if (type !== 'plain_text' && (plainOnly || type !== 'mrkdwn')) {
    problems.push(`${at}: type ${String(type)} is not allowed`);
  }
  if (typeof text !== 'string' || text.length === 0) problems.push(`${at}: text is empty`);
  else if (text.length > max) problems.push(`${at}: ${text.length} characters, ${max} allowed`);
  if (typeof text === 'string' && (text.match(/```/g)?.length ?? 0) % 2 === 1) {
    problems.push(`${at}: a code block is left open`);
  }
  return problems;
}

function stringProblems(value: unknown, at: string, max: number): string[] {
  if (value === undefined) return [];
  if (typeof value !== 'string' || value.length === 0) return [`${at}: must be a non-empty string`];
  return value.length > max ? [`${at}: ${value.length} characters, ${max} allowed`] : [];
}

function confirmProblems(value: unknown, at: string): string[] {
  if (value === undefined) return [];
  if (!isObject(value)) return [`${at}: must be an object`];
  return [
    ...unknownKeys(value, ['title', 'text', 'confirm', 'deny', 'style'], at),
    ...textProblems(value['title'], `${at}.title`, MAX_CONFIRM.title, true),
    ...textProblems(value['text'], `${at}.text`, MAX_CONFIRM.text),
    ...textProblems(value['confirm'], `${at}.confirm`, MAX_CONFIRM.confirm, true),
    ...textProblems(value['deny'], `${at}.deny`, MAX_CONFIRM.deny, true),
  ];
}

const BUTTON_KEYS = [
  'type',
  'text',
  'action_id',
  'url',
  'value',
  'style',
  'confirm',
  'accessibility_label',
];

function buttonProblems(value: unknown, at: string): string[] {
  if (!isObject(value)) return [`${at}: must be an object`];
  if (value['type'] !== 'button')
    return [`${at}: element ${String(value['type'])} is not one that we use`];
  const style = value['style'];
  return [
    ...unknownKeys(value, BUTTON_KEYS, at),
    ...textProblems(value['text'], `${at}.text`, MAX_BUTTON_CHARS, true),
    ...(value['action_id'] === undefined ? [`${at}.action_id: is required`] : []),
    ...stringProblems(value['action_id'], `${at}.action_id`, MAX_ID_CHARS),
    ...stringProblems(value['value'], `${at}.value`, MAX_BUTTON_VALUE_CHARS),
    ...stringProblems(value['url'], `${at}.url`, MAX_URL_CHARS),
    ...stringProblems(value['accessibility_label'], `${at}.accessibility_label`, MAX_BUTTON_CHARS),
    ...(style === undefined || style === 'primary' || style === 'danger'
      ? []
      : [`${at}.style: ${JSON.stringify(style)} is not allowed`]),
    ...confirmProblems(value['confirm'], `${at}.confirm`),
  ];
}

function section(block: Json, at: string): string[] {
  const fields = list(block['fields']);
  return [
    ...unknownKeys(block, ['type', 'block_id', 'text', 'fields', 'accessory', 'expand'], at),
    ...(block['text'] === undefined && fields.length > 0
      ? []
      : textProblems(block['text'], `${at}.text`, MAX_SECTION_CHARS)),
    ...(fields.length > MAX_FIELDS
      ? [`${at}: ${fields.length} fields, ${MAX_FIELDS} allowed`]
      : []),
    ...fields.flatMap((field, i) => textProblems(field, `${at}.fields[${i}]`, MAX_FIELD_CHARS)),
    ...(block['accessory'] === undefined
      ? []
      : buttonProblems(block['accessory'], `${at}.accessory`)),
  ];
}

function header(block: Json, at: string): string[] {
  return [
    ...unknownKeys(block, ['type', 'block_id', 'text'], at),
    ...textProblems(block['text'], `${at}.text`, MAX_HEADER_CHARS, true),
  ];
}

function imageProblems(block: Json, at: string): string[] {
  const alt = block['alt_text'];
  return [
    ...unknownKeys(block, ['type', 'block_id', 'alt_text', 'image_url', 'title', 'slack_file'], at),
    ...(typeof alt === 'string' && alt.trim() !== '' ? [] : [`${at}.alt_text: is required`]),
    ...stringProblems(alt, `${at}.alt_text`, MAX_ALT_CHARS),
    ...stringProblems(block['image_url'], `${at}.image_url`, MAX_URL_CHARS),
  ];
}

function context(block: Json, at: string): string[] {
  const elements = list(block['elements']);
  return [
    ...unknownKeys(block, ['type', 'block_id', 'elements'], at),
    ...countProblems(elements.length, MAX_CONTEXT_ELEMENTS, `${at}.elements`),
    ...elements.flatMap((element, i) =>
      isObject(element) && element['type'] === 'image'
        ? imageProblems(element, `${at}.elements[${i}]`)
        : textProblems(element, `${at}.elements[${i}]`, MAX_SECTION_CHARS),
    ),
  ];
}

function actions(block: Json, at: string): string[] {
  const elements = list(block['elements']);
  const ids = elements.map((element) => (isObject(element) ? element['action_id'] : undefined));
  return [
    ...unknownKeys(block, ['type', 'block_id', 'elements'], at),
    ...countProblems(elements.length, MAX_ACTIONS, `${at}.elements`),
    ...(new Set(ids).size === ids.length ? [] : [`${at}: action_id is used twice`]),
    ...elements.flatMap((element, i) => buttonProblems(element, `${at}.elements[${i}]`)),
  ];
}

function countProblems(count: number, max: number, at: string): string[] {
  if (count === 0) return [`${at}: is empty`];
  return count > max ? [`${at}: ${count} elements, ${max} allowed`] : [];
}

/** The block types that we send; any other is a mistake of ours, if not of Slack's. */
const CHECKS: Readonly<Record<string, Check>> = {
  section,
  header,
  context,
  actions,
  image: imageProblems,
  divider: (block, at) => unknownKeys(block, ['type', 'block_id'], at),
};

function blockProblems(block: unknown, index: number): string[] {
  const at = `blocks[${index}]`;
  if (!isObject(block)) return [`${at}: must be an object`];
  const type = block['type'];
  const check = typeof type === 'string' && Object.hasOwn(CHECKS, type) ? CHECKS[type] : undefined;
  if (check === undefined) return [`${at}: unknown block type ${JSON.stringify(type)}`];
  return [
    ...stringProblems(block['block_id'], `${at}.block_id`, MAX_ID_CHARS),
    ...check(block, `${at} (${String(type)})`),
  ];
}

function duplicateIds(blocks: readonly unknown[]): string[] {
  const ids = blocks.flatMap((block) =>
    isObject(block) && typeof block['block_id'] === 'string' ? [block['block_id']] : [],
  );
  return new Set(ids).size === ids.length ? [] : ['blocks: block_id is used twice'];
}

/**
 * All that Slack would refuse, and what our own rules forbid: a message without a `text` that a
 * screen reader or a phone's lock screen can show.
 *
 * @returns one line for each problem, each beginning with where; empty when the message is fit to send
 */
export function messageProblems(message: {
  readonly text?: unknown;
  readonly blocks?: unknown;
}): readonly string[] {
  const { text, blocks } = message;
  const problems: string[] = [];
  if (typeof text !== 'string' || !/\p{L}.*\p{L}/su.test(text)) {
    problems.push('text: a sentence in words is required');
  } else if (text.length > MAX_TEXT_CHARS) {
    problems.push(`text: ${text.length} characters, ${MAX_TEXT_CHARS} allowed`);
  }
  if (blocks === undefined) return problems;
  if (!Array.isArray(blocks)) return [...problems, 'blocks: must be an array'];
  const all = blocks as readonly unknown[];
  if (all.length > MAX_BLOCKS) problems.push(`blocks: ${all.length}, ${MAX_BLOCKS} allowed`);
  const json = JSON.stringify(all).length;
  if (json > MAX_BLOCKS_JSON_CHARS) {
    problems.push(`blocks: ${json} characters of JSON, ${MAX_BLOCKS_JSON_CHARS} allowed`);
  }
  return [...problems, ...duplicateIds(all), ...all.flatMap(blockProblems)];
}
