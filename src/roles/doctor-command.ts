import { loadForDoctor } from '../config/load-config.ts';
import { examine } from '../doctor/doctor.ts';
import { createLogger } from '../logger.ts';
import { renderFindings } from '../renderers/doctor.ts';
import type { Terminal } from './cli.ts';

export interface DoctorArguments {
  readonly config?: string;
  readonly role?: 'bot' | 'worker' | 'all';
  readonly output: 'text' | 'json';
}

/** `metrics-diag doctor`: exit code 0 when nothing is wrong, else 1. Writes nothing anywhere. */
export async function runDoctor(
  { config, role, output }: DoctorArguments,
  terminal: Terminal,
): Promise<0 | 1> {
  const log = createLogger({ level: 'silent', role: 'doctor' }, process.stderr);
  const loaded = loadForDoctor({ env: terminal.env, configPath: config }, role ?? null);
  const found = await examine(loaded, log);
  const healthy = found.every(({ state }) => state !== 'wrong');
  terminal.out(
    output === 'json'
      ? `${JSON.stringify({ healthy, findings: found }, null, 2)}\n`
      : renderFindings(found, { colour: terminal.isTty && !terminal.env['NO_COLOR'] }),
  );
  return healthy ? 0 : 1;
}
