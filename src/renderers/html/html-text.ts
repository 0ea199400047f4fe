import { cut, visible } from '../mrkdwn.ts';

/** Text of the cluster as HTML: nothing in it is markup, and nothing invisible stays. */
export function escaped(raw: string, maxChars = 20_000): string {
  return cut(visible(raw), maxChars)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

/** A sentence of the report: pairs of backticks become code, as everywhere else. */
export function prose(raw: string): string {
  return escaped(raw).replace(/`([^`]+)`/gu, '<code>$1</code>');
}

/** The same for the value of an attribute, between double quotes. */
export function attribute(raw: string): string {
  return escaped(raw).replaceAll('"', '&quot;');
}

/** JSON for a data block: it cannot end the block (`</script>`) nor open a comment, and stays valid JSON. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('>', '\\u003e')
    .replaceAll('&', '\\u0026')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}
