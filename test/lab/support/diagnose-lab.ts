import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Report } from '../../../src/core/report/report.ts';
import { reportSchema } from '../../../src/renderers/report-schema.ts';
import { PROBE_IMAGE } from './images/definitions.ts';
import { PROBE_NAMESPACE } from './objects/names.ts';
import type { Lab } from './types.ts';

const PROGRAM = fileURLToPath(new URL('../../../bin/metrics-diag.mjs', import.meta.url));
const LIMIT_MS = 120_000;

/** Writes the configuration of the lab's cluster, named `lab`, and gives its path. */
export async function labConfig(lab: Lab): Promise<string> {
  const file = path.join(lab.network.dir, 'metrics-diag.yaml');
  const text = `clusters:
  - name: lab
    access: { kubeconfig: ${lab.kubeconfig} }
    probe: { namespace: ${PROBE_NAMESPACE}, image: '${PROBE_IMAGE}', imagePullPolicy: IfNotPresent }
`;
  await writeFile(file, text, { mode: 0o600 });
  return file;
}

/** One diagnosis by the packaged command line inside the lab, at its first sufficient verdict. */
export interface LabDiagnosis {
  readonly report: Report;
  readonly exitCode: number;
  /** From the start of the process to its end, milliseconds. */
  readonly ms: number;
}

/** Runs `metrics-diag diagnose lab` in the ops namespace. @throws when it prints no report */
export async function diagnoseLab(
  lab: Lab,
  flags: readonly string[] = ['--fast'],
): Promise<LabDiagnosis> {
  const config = await labConfig(lab);
  const startedAt = performance.now();
  const { code, stdout, stderr } = await lab.network.tryExec(
    'ops',
    [
      process.execPath,
      PROGRAM,
      'diagnose',
      'lab',
      '--config',
      config,
      '--output',
      'json',
      ...flags,
    ],
    { timeoutMs: LIMIT_MS },
  );
  const ms = Math.round(performance.now() - startedAt);
  const parsed = parse(stdout);
  if (!parsed.success)
    throw new Error(
      `no report (exit code ${code}): ${stderr.slice(-1_500)}${stdout.slice(0, 500)}`,
    );
  return { report: parsed.data, exitCode: code, ms };
}

function parse(stdout: string) {
  try {
    return reportSchema.safeParse(JSON.parse(stdout));
  } catch {
    return { success: false } as const;
  }
}

/** One line about a report, for messages of failed tests and benches. */
export function inShort({ verdict, causes, headline, unexplained }: Report): string {
  const found = causes.map(
    (cause) => `${cause.verdict} ${cause.id} at ${cause.where.nodes.join('+') || '-'}`,
  );
  return `${verdict}: ${found.join('; ') || 'no cause'} | ${headline}${unexplained.length > 0 ? ` | unexplained: ${unexplained.join('; ')}` : ''}`;
}
