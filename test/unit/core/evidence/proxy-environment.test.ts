import { expect, it } from 'vitest';
import { proxyFor } from '../../../../src/core/evidence/proxy-environment.ts';

const POD = { address: '10.42.0.20', port: 10250 };
const PROXY = 'http://proxy.corp:3128';
const env = (noProxy?: string): Record<string, string> => ({
  HTTPS_PROXY: PROXY,
  ...(noProxy === undefined ? {} : { NO_PROXY: noProxy }),
});

it.each([
  undefined,
  '',
  'localhost,127.0.0.1,.svc,.cluster.local',
  '10.42.*',
  '10.42',
  '10.43.0.0/16,192.168.0.0/16',
  '10.42.0.20:443',
  '10.42.0.21',
  'fd00::/8',
  '10.42.0.0/99',
  '10.42/16',
])('goes to the proxy with NO_PROXY %s', (noProxy) => {
  expect(proxyFor(env(noProxy), POD, false)).toBe(PROXY);
});

it.each(['*', '10.42.0.20', '10.42.0.20:10250', '10.0.0.0/8', ' .svc , 10.42.0.0/16 '])(
  'goes directly with NO_PROXY %s',
  (noProxy) => {
    expect(proxyFor(env(noProxy), POD, false)).toBeNull();
  },
);

it('reads the lower-case variables where the upper-case ones are not set', () => {
  expect(proxyFor({ https_proxy: PROXY }, POD, false)).toBe(PROXY);
  expect(proxyFor({ https_proxy: PROXY, no_proxy: '10.42.0.0/16' }, POD, false)).toBeNull();
});

it('counts HTTP_PROXY for https only in an old Go', () => {
  expect(proxyFor({ HTTP_PROXY: PROXY }, POD, false)).toBeNull();
  expect(proxyFor({ HTTP_PROXY: PROXY }, POD, true)).toBe(PROXY);
});

it('never sends loopback to a proxy, and knows IPv6', () => {
  expect(proxyFor(env(), { address: '127.0.0.1', port: 443 }, false)).toBeNull();
  const six = { address: 'fd00::20', port: 10250 };
  expect(proxyFor(env('fd00::/8'), six, false)).toBeNull();
  expect(proxyFor(env('[fd00:0::20]:10250'), six, false)).toBeNull();
  expect(proxyFor(env('10.0.0.0/8'), six, false)).toBe(PROXY);
});
