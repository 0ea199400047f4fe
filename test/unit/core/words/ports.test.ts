import { describe, expect, it } from 'vitest';
import { portsApart } from '../../../../src/core/words/ports.ts';
import { splitText } from '../../../../src/core/words/split-text.ts';

const apart = (text: string): readonly (string | null)[] =>
  portsApart(splitText(text)).map(({ value }) => value);

describe('the port of the Service against the one that metrics-server listens on', () => {
  it.each([
    ['a manifest', 'targetPort: 4443\nargs:\n- --secure-port=10250'],
    ['flow style', '- {port: 443, targetPort: 4443}\nargs: ["--secure-port=10250"]'],
    ['JSON', '"targetPort":4443\n"--secure-port=10250"'],
    ['kubectl describe', 'TargetPort:        4443/TCP\nArgs:\n  --secure-port=10250'],
    ['a sentence', 'The Service still has targetPort 4443, the pod runs with --secure-port 10250.'],
    ['Chinese', 'Service 的 targetPort 是 4443,启动参数 --secure-port=10250'],
  ])('is told from %s', (_form, text) => {
    expect(apart(text)).toEqual(['4443']);
  });

  it.each([
    ['they agree', 'targetPort: 10250\n--secure-port=10250'],
    ['one of two agrees', 'targetPort: 4443\ntargetPort: 10250\n--secure-port=10250'],
    ['the Service names a port', 'targetPort: https\n--secure-port=10250'],
    ['only one side is told', 'targetPort: 4443'],
    ['the flag is of another program', 'targetPort: 4443\nkube-scheduler --secure-port=10259'],
    ['it is of the past', 'Last year targetPort was 4443. We run with --secure-port=10250.'],
  ])('is not complained of where %s', (_why, text) => {
    expect(apart(text)).toEqual([]);
  });
});
