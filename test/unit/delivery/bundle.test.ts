import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { known } from '../../../src/core/evidence/observed.ts';
import { buildReport } from '../../../src/core/report/build-report.ts';
import { loadBundle, saveBundle } from '../../../src/delivery/bundle.ts';
import { withoutSecrets } from '../../../src/scrub.ts';
import { foundingIncident, withSnapshot } from '../../support/evidence-builder.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
});
afterEach(() => rm(folder, { recursive: true }));

it.each(['run.json', 'run.json.gz'])(
  '%s gives the same report again, byte for byte',
  async (name) => {
    const evidence = foundingIncident();
    await saveBundle(join(folder, name), evidence);
    expect(JSON.stringify(buildReport(await loadBundle(join(folder, name))))).toBe(
      JSON.stringify(buildReport(evidence)),
    );
  },
);

it('is readable by its owner alone', async () => {
  await saveBundle(join(folder, 'run.json'), foundingIncident());
  expect((await stat(join(folder, 'run.json'))).mode & 0o077).toBe(0);
});

it('carries no credential, wherever it stood', async () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl';
  const lines = [
    `Authorization: Bearer ${token}`,
    `flags: --token=${token} password: "hunter22"`,
    'xoxb-1234-abcd',
  ];
  const log = { namespace: 'kube-system', pod: 'p', container: 'c', previous: false, lines };
  const path = join(folder, 'run.json');
  await saveBundle(path, withSnapshot(foundingIncident(), { providerLogs: known([log], 'log') }));
  const text = JSON.stringify(await loadBundle(path));
  for (const secret of [token, 'hunter22', 'xoxb-1234-abcd']) expect(text).not.toContain(secret);
});

it('leaves ordinary words about tokens alone', () => {
  expect(withoutSecrets('the token is missing; --token-auth-file is set')).toContain(
    'the token is missing',
  );
});

describe('a file that is no bundle', () => {
  it.each([
    ['not JSON', 'hello', 'bundle-unreadable'],
    ['cut off', '{"schema":"metrics-diag/evi', 'bundle-unreadable'],
    ['another document', '{"schema":"metrics-diag/report/v1"}', 'bundle-unknown'],
    ['a number', '42', 'bundle-unknown'],
  ])('%s is refused with what to do', async (_, content, code) => {
    await writeFile(join(folder, 'x'), content);
    await expect(loadBundle(join(folder, 'x'))).rejects.toMatchObject({ name: 'UserError', code });
  });
  it('a missing one, too', async () => {
    await expect(loadBundle(join(folder, 'none'))).rejects.toThrow('check the path');
  });
});
