import { FULL_MESH_NODES } from './eligible-nodes.ts';
import type { BurstPlan } from './plan.ts';

/** A participant has both a node Pod (which samples) and a listener (which counts). */
export interface BurstParticipant {
  readonly node: string;
  readonly address: string;
  readonly port: number;
}

interface Shape {
  readonly burstMs: number;
  readonly periodMs: number;
}

/** 600 datagrams in 300 ms: with 500 packets/s of other traffic the noise stays near a tenth of them (see burst-window.ts). */
const DATAGRAMS_PER_MS = 2;
/** Of a burst that is repeated, so that it stands out of three times the noise. */
const LOUD_DATAGRAMS_PER_MS = 6;
/** The quiet 400 ms hold the background estimate and absorb clocks that differ by up to 200 ms. */
const ROOMY: Shape = { burstMs: 300, periodMs: 700 };
/** With many rounds a wave would last too long; clocks may differ by 125 ms here. */
const TIGHT: Shape = { burstMs: 250, periodMs: 500 };
const ROOMY_UP_TO_ROUNDS = 4;
/** So many rounds, two round-robins of up to four nodes, end before the connects of wave 1 have timed out. */
const TWICE_UP_TO_ROUNDS = 6;
/** Offsets on the ring beyond the full mesh: each node sends to three neighbours on each side. */
const SAMPLE_OFFSETS = [1, -1, 2, -2, 3, -3];
/** Round numbers of wave w start at w times this. */
const ROUNDS_PER_WAVE = 100;

/**
 * Rounds in which every node sends to the node `offset` places on and so hears exactly one sender. A round-robin
 * of so few rounds is run twice: a Pod that started late still gets its turn, and one noisy window costs nothing.
 *
 * From the second wave on they repeat what noise or a late Pod left open, and are louder.
 *
 * @returns one plan per participant, by node
 */
export function planBursts(
  participants: readonly BurstParticipant[],
  startAt: number,
  wave: number,
): ReadonlyMap<string, BurstPlan> {
  const size = participants.length;
  if (size < 2) return new Map();
  const offsets = offsetsFor(size);
  return plansFor(participants, offsets, { startAt, wave });
}

function offsetsFor(size: number): readonly number[] {
  if (size > FULL_MESH_NODES) return SAMPLE_OFFSETS;
  const once = Array.from({ length: size - 1 }, (_, i) => i + 1);
  return once.length * 2 <= TWICE_UP_TO_ROUNDS ? [...once, ...once] : once;
}

function plansFor(
  participants: readonly BurstParticipant[],
  offsets: readonly number[],
  when: { readonly startAt: number; readonly wave: number },
): ReadonlyMap<string, BurstPlan> {
  const size = participants.length;
  const shape = offsets.length <= ROOMY_UP_TO_ROUNDS ? ROOMY : TIGHT;
  const firstRound = when.wave * ROUNDS_PER_WAVE;
  const tags = Object.fromEntries(participants.map(({ node }, index) => [node, index]));
  return new Map(
    participants.map(({ node }, index) => [
      node,
      {
        startAt: when.startAt,
        firstRound,
        rounds: offsets.length,
        ...shape,
        datagrams: shape.burstMs * (when.wave > 1 ? LOUD_DATAGRAMS_PER_MS : DATAGRAMS_PER_MS),
        senderTag: index,
        tags,
        sends: offsets.flatMap((offset, i) => {
          const target = participants[(index + offset + size) % size];
          return target === undefined || target.node === node
            ? []
            : [
                {
                  round: firstRound + i,
                  toNode: target.node,
                  address: target.address,
                  port: target.port,
                },
              ];
        }),
      },
    ]),
  );
}
