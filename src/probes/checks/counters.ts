import { readFileSync } from 'node:fs';
import { COUNTER_NAMES, type CounterName, type CounterSeries } from '../plan.ts';
import { parseSnmp } from './proc-net.ts';

/** Where the counters are; tests point it elsewhere. */
export interface CounterPaths {
  readonly sysClassNet: string;
  readonly procNet: string;
}

export const KERNEL_PATHS: CounterPaths = { sysClassNet: '/sys/class/net', procNet: '/proc/net' };

/** Short enough that a burst of some hundred milliseconds spans several samples. */
export const SAMPLE_PERIOD_MS = 50;

export interface SampledDevices {
  readonly overlay: string | null;
  readonly underlay: string | null;
}

type Reading = Record<CounterName, number | null>;

/** All counters now, as the kernel has them. Null where a file cannot be read. */
export function readCounters(devices: SampledDevices, paths: CounterPaths = KERNEL_PATHS): Reading {
  const snmp = readSnmp(paths);
  const statistic = (device: string | null, name: string): number | null =>
    device === null ? null : readNumber(`${paths.sysClassNet}/${device}/statistics/${name}`);
  return {
    overlayTx: statistic(devices.overlay, 'tx_packets'),
    overlayTxErrors: sum(
      statistic(devices.overlay, 'tx_errors'),
      statistic(devices.overlay, 'tx_dropped'),
    ),
    overlayRx: statistic(devices.overlay, 'rx_packets'),
    underlayTx: statistic(devices.underlay, 'tx_packets'),
    underlayRx: statistic(devices.underlay, 'rx_packets'),
    ipInReceives: snmp.get('Ip.InReceives') ?? null,
    ipInDelivers: snmp.get('Ip.InDelivers') ?? null,
    udpInDatagrams: snmp.get('Udp.InDatagrams') ?? null,
    udpNoPorts: snmp.get('Udp.NoPorts') ?? null,
    udpInErrors: snmp.get('Udp.InErrors') ?? null,
    udpInCsumErrors: snmp.get('Udp.InCsumErrors') ?? null,
    ipOutRequests: snmp.get('Ip.OutRequests') ?? null,
  };
}

/** `Udp.InCsumErrors` and `Tcp.InCsumErrors` of this network namespace; null when unreadable. */
export function readChecksumErrors(paths: CounterPaths = KERNEL_PATHS): {
  udp: number | null;
  tcp: number | null;
} {
  const snmp = readSnmp(paths);
  return { udp: snmp.get('Udp.InCsumErrors') ?? null, tcp: snmp.get('Tcp.InCsumErrors') ?? null };
}

function readSnmp({ procNet }: CounterPaths): ReadonlyMap<string, number> {
  return parseSnmp(readText(`${procNet}/snmp`) ?? '', readText(`${procNet}/snmp6`) ?? '');
}

/** Reads the counters over and over until it is stopped. */
export function startSampling(
  devices: SampledDevices,
  paths: CounterPaths = KERNEL_PATHS,
): { stop(): CounterSeries } {
  const rows: { readonly at: number; readonly reading: Reading }[] = [];
  const take = (): void => {
    rows.push({ at: Date.now(), reading: readCounters(devices, paths) });
  };
  take();
  const timer = setInterval(take, SAMPLE_PERIOD_MS);
  return {
    stop() {
      clearInterval(timer);
      take();
      return toSeries(rows);
    },
  };
}

function toSeries(
  rows: readonly { readonly at: number; readonly reading: Reading }[],
): CounterSeries {
  const column = (name: CounterName): readonly number[] | null => {
    const origin = rows[0]?.reading[name] ?? null;
    if (origin === null) return null;
    let last = 0;
    // A sample that could not be read repeats the one before: totals stay right.
    return rows.map(({ reading }) => {
      const value = reading[name];
      last = value === null ? last : Math.max(last, value - origin);
      return last;
    });
  };
  const [
    overlayTx,
    overlayTxErrors,
    overlayRx,
    underlayTx,
    underlayRx,
    ipInReceives,
    ipInDelivers,
    udpInDatagrams,
    udpNoPorts,
    udpInErrors,
    udpInCsumErrors,
    ipOutRequests,
  ] = COUNTER_NAMES.map(column);
  return {
    at: rows.map(({ at }) => at),
    values: {
      overlayTx: overlayTx ?? null,
      overlayTxErrors: overlayTxErrors ?? null,
      overlayRx: overlayRx ?? null,
      underlayTx: underlayTx ?? null,
      underlayRx: underlayRx ?? null,
      ipInReceives: ipInReceives ?? null,
      ipInDelivers: ipInDelivers ?? null,
      udpInDatagrams: udpInDatagrams ?? null,
      udpNoPorts: udpNoPorts ?? null,
      udpInErrors: udpInErrors ?? null,
      udpInCsumErrors: udpInCsumErrors ?? null,
      ipOutRequests: ipOutRequests ?? null,
    },
  };
}

function sum(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}

function readNumber(path: string): number | null {
  const value = Number(readText(path) ?? Number.NaN);
  return Number.isFinite(value) ? value : null;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
