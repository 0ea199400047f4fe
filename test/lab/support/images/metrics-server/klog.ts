/**
 * Log lines as klog v2 writes them, which is what a person pastes and what our parsers read:
 * `E1122 15:02:03.123456       1 scraper.go:149] "Failed to scrape node" err="..." node="prod02"`.
 */

type Severity = 'I' | 'W' | 'E';

/** Structured line (`klog.ErrorS`, `klog.InfoS`); `where` is the real program's file and line. */
export function logS(
  severity: Severity,
  where: string,
  message: string,
  values: Readonly<Record<string, string | number>> = {},
): void {
  const pairs = Object.entries(values).map(([key, value]) =>
    typeof value === 'number' ? `${key}=${value}` : `${key}=${JSON.stringify(value)}`,
  );
  write(severity, where, [JSON.stringify(message), ...pairs].join(' '));
}

/** Plain line (`klog.Infof`, `klog.Warningf`). */
export function logF(severity: Severity, where: string, message: string): void {
  write(severity, where, message);
}

function write(severity: Severity, where: string, text: string): void {
  const now = new Date();
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${two(now.getUTCMonth() + 1)}${two(now.getUTCDate())}`;
  const clock = now.toISOString().slice(11, 23);
  process.stderr.write(`${severity}${date} ${clock}000       1 ${where}] ${text}\n`);
}
