import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCli } from '../../src/roles/cli.ts';
import { RUN_TTL_SECONDS } from '../../src/runs/run-store.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join('docs', path)),
];
const read = (page: string): string => readFileSync(join(root, page), 'utf8');

it.each(pages)('%s: every link within the repository leads somewhere', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)[^)]*\)/g)];
  const dead = links
    .map(([, link = '']) => link)
    .filter((link) => !existsSync(join(root, dirname(page), link)));
  expect(dead).toEqual([]);
});

it('every command that the pages for users name is one', async () => {
  let help = '';
  await runCli(['--help'], {
    out: (text) => void (help += text),
    err: () => undefined,
    isTty: false,
    env: {},
  });
  const known = [...help.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name);
  expect(known).toEqual(expect.arrayContaining(['diagnose', 'doctor', 'ports', 'preflight']));
  const users = ['README.md', 'docs/security.md', 'docs/zh-CN/quickstart.md'].map(read).join('\n');
  const named = [...users.matchAll(/(?:npx |`)metrics-diag ([a-z]+)\b/g)].map(([, name]) => name);
  expect(named.length).toBeGreaterThan(15);
  expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([]);
});

it('the page on security says how long a run is kept', () => {
  const days = RUN_TTL_SECONDS / (24 * 3600);
  expect(read('docs/security.md')).toContain(`| Redis | ${days} days; 50 runs of each cluster`);
});
