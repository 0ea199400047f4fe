import { expect, it } from 'vitest';
import { readAlertmanager, readGrafana } from '../../../src/triggers/alert-notification.ts';

/** From Grafana's documentation of the webhook notifier, shortened. */
const GRAFANA = {
  receiver: 'My Super Webhook',
  status: 'firing',
  orgId: 1,
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'KubeletDown', team: 'blue' },
      annotations: {},
      startsAt: '2021-10-12T09:51:03.157076+02:00',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://play.grafana.org/alerting/1afz29v7z/edit',
      fingerprint: 'c6eadffa33fcdf37',
      silenceURL: 'https://play.grafana.org/alerting/silence/new',
      dashboardURL: '',
      panelURL: '',
      values: { B: 44.23943737541908, C: 1 },
    },
  ],
  groupLabels: {},
  commonLabels: { team: 'blue' },
  commonAnnotations: {},
  externalURL: 'https://play.grafana.org/',
  version: '1',
  groupKey: '{}:{}',
  truncatedAlerts: 0,
  title: '[FIRING:2]  (blue)',
  state: 'alerting',
  message: '**Firing**',
};

it("reads Grafana's times and keeps its organisations apart", () => {
  expect(readGrafana(GRAFANA)).toEqual({
    source: 'grafana',
    groupId: 'grafana/1/{}:{}',
    truncated: 0,
    alerts: [
      {
        status: 'firing',
        name: 'KubeletDown',
        labels: { alertname: 'KubeletDown', team: 'blue' },
        fingerprint: 'c6eadffa33fcdf37',
        startsAt: '2021-10-12T07:51:03.157Z',
        endsAt: null,
      },
    ],
  });
  expect(readGrafana({ ...GRAFANA, orgId: 2 })).toMatchObject({ groupId: 'grafana/2/{}:{}' });
});

it('makes fingerprints of labels where none, or a strange one, is given', () => {
  const [alert] = GRAFANA.alerts;
  const read = (more: object) => {
    const result = readAlertmanager({ groupKey: 'k', alerts: [{ ...alert, ...more }] });
    return 'alerts' in result ? result.alerts[0]?.fingerprint : null;
  };
  expect(read({ fingerprint: undefined })).toBe(read({ fingerprint: '__proto__' }));
  expect(read({ fingerprint: undefined })).toMatch(/^[0-9a-f]{32}$/u);
  expect(read({ fingerprint: undefined, labels: { a: 'b' } })).not.toBe(
    read({ fingerprint: undefined }),
  );
});

it.each([
  [{}, 'groupKey, alerts'],
  [{ groupKey: 'k', alerts: [] }, 'alerts'],
  [{ groupKey: 'k', alerts: [{ status: 'pending', labels: {} }] }, 'alerts.0.status'],
  [null, 'body'],
  ['text', 'body'],
])('says where %j does not fit, and repeats nothing of it', (body, where) => {
  const result = readAlertmanager(body);
  expect(result).toMatchObject({ text: expect.stringContaining(`(look at: ${where})`) });
});

it('cuts names that nobody would give', () => {
  const result = readAlertmanager({
    groupKey: 'k',
    alerts: [{ status: 'firing', labels: { alertname: 'x'.repeat(10_000) } }],
  });
  expect('alerts' in result && result.alerts[0]?.name.length).toBe(200);
});
