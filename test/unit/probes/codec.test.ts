import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { known, missing } from '../../../src/core/evidence/observed.ts';
import type { PeerCertificate } from '../../../src/core/evidence/probe-results.ts';
import {
  ANSWER_LINE_BYTES,
  answerLine,
  encodeAnswer,
  MAX_MESSAGE_BYTES,
} from '../../../src/probes/codec.ts';
import { decodeAnswer } from '../../../src/probes/decode-answer.ts';
import type { PodAnswer } from '../../../src/probes/plan.ts';
import { flatSeries, podAnswer, reachAnswer } from './support.ts';

const CERTIFICATE: PeerCertificate = {
  subject: 'CN=prod01',
  issuer: 'CN=rke2-server-ca@1700000000',
  dnsNames: ['prod01', 'localhost'],
  ipAddresses: ['192.168.77.1', '127.0.0.1'],
  notBefore: '2026-01-01T00:00:00.000Z',
  notAfter: '2027-01-01T00:00:00.000Z',
  fingerprint: 'ab'.repeat(32),
  selfSigned: false,
};

/** More than any message can hold: what a node with everything red and many devices would say. */
function hugeAnswer(): PodAnswer {
  const random = (n: number): number =>
    Math.floor(Math.abs(Math.sin(n * 12.9898) * 43_758.5453) % 100_000);
  const samples = Array.from({ length: 400 }, (_, i) => i);
  const rising = (seed: number): number[] => {
    let total = 0;
    return samples.map((i) => (total += random(seed * 1_000 + i) % 30_000));
  };
  return podAnswer({
    checks: Array.from({ length: 40 }, (_, index) => ({
      index,
      result: {
        state: 'answered',
        answer: reachAnswer({
          outcome: 'tls-error',
          ms: random(index),
          errno: 'EHOSTUNREACH',
          detail: `word-${random(index + 500)} ${random(index + 900)} and more of it`,
          peer: {
            ...CERTIFICATE,
            fingerprint: `${random(index)}`.padEnd(64, `${random(index + 7)}`),
          },
        }),
      },
    })),
    bursts: {
      overlayDevice: 'flannel.1',
      underlayDevice: 'eth0',
      sends: [{ round: 0, sent: 300, startedAt: 1_000_400, endedAt: 1_000_700 }],
      samples: {
        at: samples.map((i) => 1_000_000 + i * 50),
        values: {
          ...flatSeries([0]).values,
          underlayTx: rising(1),
          underlayRx: rising(2),
          ipInReceives: rising(3),
          ipInDelivers: rising(4),
        },
      },
    },
    facts: known(
      {
        devices: Array.from({ length: 60 }, (_, i) => ({
          name: `eth${random(i)}`,
          mtuBytes: 1_500,
          kind: 'ether',
          up: true,
          addresses: [`10.${i}.${random(i) % 250}.1`],
        })),
        udpPorts: Array.from({ length: 400 }, (_, i) => random(i) % 65_536),
        routes: Array.from({ length: 200 }, (_, i) => ({
          device: 'eth0',
          cidr: `10.${i}.${random(i) % 250}.0/24`,
          gateway: null,
        })),
        udpInCsumErrors: 0,
        tcpInCsumErrors: 0,
        cgroup: 2,
        kernel: { routeTables: [30400], forwards: true, bridgeFilter: 'on' },
      },
      'probe on prod01',
    ),
  });
}

describe('the line in the log', () => {
  it.each(['{"v":1}', 'z:abc', 'ä'.repeat(2_048)])(
    'has one length, whatever it holds',
    (message) => {
      const line = answerLine(message);
      expect(Buffer.byteLength(line)).toBe(ANSWER_LINE_BYTES);
      expect(line.endsWith('\n')).toBe(true);
      expect(line.trimEnd()).toBe(message);
    },
  );
});

describe('codec', () => {
  it('brings a small answer back as it was, in words a person can read', () => {
    const answer = podAnswer({
      checks: [
        {
          index: 0,
          result: { state: 'answered', answer: reachAnswer({ ms: 3, peer: CERTIFICATE }) },
        },
        { index: 1, result: { state: 'missing', reason: 'forbidden', detail: 'EPERM' } },
        {
          index: 2,
          result: {
            state: 'answered',
            answer: reachAnswer({ outcome: 'timeout', ms: 4_003, peer: CERTIFICATE }),
          },
        },
      ],
      localApi: known({ status: 503, body: 'service unavailable', ms: 12 }, 'probe on prod01'),
    });

    const text = encodeAnswer(answer);

    expect(text.startsWith('{')).toBe(true);
    expect(decodeAnswer(text)).toEqual(known(answer, 'probe on prod01'));
  });

  it('brings the time series and the listener back', () => {
    const answer = podAnswer({
      bursts: {
        overlayDevice: 'flannel.1',
        underlayDevice: null,
        sends: [{ round: 0, sent: 300, startedAt: 1_000_100, endedAt: 1_000_400 }],
        samples: {
          at: [1_000_000, 1_000_050, 1_000_103],
          values: { ...flatSeries([0, 0, 0]).values, overlayRx: [0, 12, 40], underlayRx: null },
        },
      },
      listener: known(
        {
          checks: [
            {
              index: 0,
              result: { state: 'answered', answer: reachAnswer({ outcome: 'refused' }) },
            },
          ],
          received: [
            { senderTag: 2, round: 0, datagrams: 299, firstAt: 1_000_101, lastAt: 1_000_399 },
          ],
          tcpInCsumErrors: 4,
        },
        'listener on prod01',
      ),
    });

    expect(decodeAnswer(encodeAnswer(answer))).toEqual(known(answer, 'probe on prod01'));
  });

  it('fits an answer of any size, names what was cut, and keeps every check', () => {
    const text = encodeAnswer(hugeAnswer());
    const decoded = decodeAnswer(text);

    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
    expect(decoded.state).toBe('known');
    if (decoded.state !== 'known') return;
    expect(decoded.value.cut).toContain('details');
    expect(decoded.value.checks.map(({ index }) => index)).toEqual(
      Array.from({ length: 40 }, (_, i) => i),
    );
    expect(decoded.value.checks.every(({ result }) => result.state === 'answered')).toBe(true);
  });

  it('keeps the totals of counters when it thins the samples', () => {
    const huge = hugeAnswer();
    const decoded = decodeAnswer(
      encodeAnswer({ ...huge, checks: [], facts: missing('failed', '') }),
    );

    expect(decoded).toMatchObject({
      state: 'known',
      value: { cut: expect.arrayContaining(['every second sample']) },
    });
    if (decoded.state !== 'known' || decoded.value.bursts === null)
      throw new Error('bursts were cut');
    const { samples } = decoded.value.bursts;
    expect(samples.values.ipInReceives?.at(-1)).toBe(
      huge.bursts?.samples.values.ipInReceives?.at(-1),
    );
    expect(samples.at.at(-1)).toBe(huge.bursts?.samples.at.at(-1));
  });

  it.each([
    ['nothing', ''],
    ['words', 'exec format error'],
    ['other JSON', '{"v":2}'],
    ['an array', '[]'],
    ['a deflated message cut short', encodeAnswer(hugeAnswer()).slice(0, 900)],
    ['a JSON message cut short', encodeAnswer(podAnswer({})).slice(0, 40)],
  ])('calls %s missing', (_, message) => {
    expect(decodeAnswer(message)).toMatchObject({ state: 'missing', reason: 'failed' });
  });

  it('never throws, whatever one character becomes', () => {
    const text = encodeAnswer(
      podAnswer({ checks: [{ index: 0, result: { state: 'answered', answer: reachAnswer({}) } }] }),
    );
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), (at, replacement) => {
        const { state } = decodeAnswer(text.slice(0, at) + replacement + text.slice(at + 1));
        return state === 'known' || state === 'missing';
      }),
    );
  });
});
