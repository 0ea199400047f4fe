import type { Report } from '../core/report/report.ts';

/** The report as users script against it: stable key order, two spaces, one newline at the end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
