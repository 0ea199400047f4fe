import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const HELM_LINT = fileURLToPath(new URL('../../../scripts/helm-lint.sh', import.meta.url));

/** Folder of a kubectl: of the npm package that also lints the chart (`scripts/helm-lint.sh` fetches it once). */
export async function kubectlFolder(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache');
  const folder = path.join(cache, 'metrics-diag', 'helm', 'kubectl');
  const kubectl = path.join(folder, 'kubectl');
  const isThere = () =>
    access(kubectl, constants.X_OK).then(
      () => true,
      () => false,
    );
  if (!(await isThere())) await run('bash', [HELM_LINT]);
  if (!(await isThere())) await run('chmod', ['+x', kubectl]);
  return folder;
}
