import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causes } from '../../src/core/causes/index.ts';

const read = (path: string): string =>
  readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const list = (folder: string): readonly string[] =>
  readdirSync(new URL(`../../${folder}`, import.meta.url));

const ids = causes.map(({ id }) => id);
const defining = list('src/core/causes').filter(
  (name) => name !== 'define-cause.ts' && read(`src/core/causes/${name}`).includes('defineCause({'),
);
const tests = ['test/unit/core', 'test/unit/core/causes']
  .flatMap((folder) => list(folder).map((name) => `${folder}/${name}`))
  .filter((path) => path.endsWith('.test.ts'))
  .map(read)
  .join('\n');

describe('causes', () => {
  it('are files of their own, all listed, sorted, each once', () => {
    expect(defining.map((name) => name.replace(/\.ts$/, '')).toSorted()).toEqual(ids.toSorted());
    expect(ids).toEqual(ids.toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(ids)('%s has a page with its five parts', (id) => {
    const path = `docs/causes/${id}.md`;
    expect(existsSync(new URL(`../../${path}`, import.meta.url)), `${path} is missing`).toBe(true);
    for (const part of [
      '# ' + id,
      '## Meaning',
      '## Impact',
      '## Diagnosis',
      '## Mitigation',
      '## Sources',
    ]) {
      expect(read(path)).toContain(part);
    }
  });

  it.each(ids)('%s has a unit test', (id) => {
    expect(tests).toContain(id);
  });

  it('have no page without a cause', () => {
    expect(
      list('docs/causes')
        .map((name) => name.replace(/\.md$/, ''))
        .toSorted(),
    ).toEqual(ids.toSorted());
  });

  it.each(ids)('%s reads only facts that it declares', (id) => {
    const source = read(`src/core/causes/${id}.ts`);
    const declared = [
      ...(source.match(/needs: \[([^\]]*)\]/)?.[1] ?? '').matchAll(/'(\w+)'/g),
      ...(source.match(/wants: \[([^\]]*)\]/)?.[1] ?? '').matchAll(/'(\w+)'/g),
    ].map(([, name]) => name);
    expect(declared.length).toBeGreaterThan(0);
    expect(new Set(declared).size).toBe(declared.length);
  });
});

describe('error codes', () => {
  const sources = (folder: string): readonly string[] =>
    readdirSync(new URL(`../../${folder}`, import.meta.url), { withFileTypes: true }).flatMap(
      (entry) =>
        entry.isDirectory()
          ? sources(`${folder}/${entry.name}`)
          : [read(`${folder}/${entry.name}`)],
    );
  const codes = new Set(
    [
      ...sources('src')
        .join('\n')
        .matchAll(/(?:new (?:User|External)Error|super)\(\s*'([a-z]+(?:-[a-z]+)+)'/g),
    ].map(([, code]) => code),
  );

  it('are all documented', () => {
    expect(codes.size).toBeGreaterThan(10);
    const page = read('docs/errors.md');
    expect([...codes].filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});

describe('the core', () => {
  const files = (folder: string): readonly string[] =>
    readdirSync(new URL(`../../${folder}`, import.meta.url), { withFileTypes: true }).flatMap(
      (entry) =>
        entry.isDirectory() ? files(`${folder}/${entry.name}`) : [`${folder}/${entry.name}`],
    );

  it.each(files('src/core'))('%s reads no clock, chance, environment or IO', (path) => {
    const source = read(path);
    expect(source).not.toMatch(
      /from 'node:|from '(?:ioredis|bullmq|pino|undici|@slack|@kubernetes)|process\.env|Date\.now|Math\.random|new Date\(\)/,
    );
  });
});
