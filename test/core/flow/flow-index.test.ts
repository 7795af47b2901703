import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ROW_ADDRESS_A,
  ROW_ADDRESS_B,
  ROW_PLACE,
  ROW_PORTS,
  ROW_WORDS,
} from "../../../src/core/flow/flow-columns.ts";
import { FlowIndex } from "../../../src/core/flow/flow-index.ts";
import { flowHash, keyKind, keyPlace, portPair } from "../../../src/core/flow/flow-key.ts";
import { FlowRows } from "../../../src/core/flow/flow-rows.ts";
import { CHUNK_MASK, CHUNK_SHIFT, RecordStore } from "../../../src/core/flow/record-store.ts";
import { IpLayer } from "../../../src/core/wire/packet-view.ts";

const KIND = keyKind(6, 4, 1);
const PLACE = keyPlace(3, KIND);

/** An index whose hash the test chooses: flow n has source n and destination -1. */
class Scene {
  readonly rows = new RecordStore(ROW_WORDS);
  readonly hashes: number[] = [];
  readonly index = new FlowIndex(this.rows, (row) => this.hashes[row]!);

  add(hash: number, source: number): number {
    const row = this.rows.allocate();
    const words = this.rows.ints[row >>> CHUNK_SHIFT]!;
    const at = (row & CHUNK_MASK) * ROW_WORDS;
    words[at + ROW_PLACE] = PLACE;
    words[at + ROW_ADDRESS_A] = source;
    words[at + ROW_ADDRESS_B] = -1;
    words[at + ROW_PORTS] = portPair(1, 65535);
    this.hashes.push(hash);
    this.index.insert(hash, row);
    return row;
  }

  find(hash: number, source: number, context = 3): number {
    const place = keyPlace(context, KIND);
    return this.index.find(hash, place, source, -1, portPair(1, 65535), portPair(65535, 1));
  }
}

describe("FlowIndex", () => {
  it("tells apart flows that all have one hash", () => {
    const scene = new Scene();
    for (let i = 0; i < 500; i++) expect(scene.add(-1, i)).toBe(i);
    for (let i = 0; i < 500; i++) expect(scene.find(-1, i)).toBe(i * 2);
    expect(scene.find(-1, 500)).toBe(-1);
    expect(scene.find(-1, 5, 4)).toBe(-1);
  });

  it("goes round the end of its slots", () => {
    const scene = new Scene();
    const hashes = [63, 63, 62, 63, 0, 1];
    hashes.forEach((hash, i) => {
      scene.add(hash, i);
    });
    hashes.forEach((hash, i) => {
      expect(scene.find(hash, i)).toBe(i * 2);
    });
  });

  it("finds every flow after every growth", () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 1, maxLength: 300 }), (hashes) => {
        const scene = new Scene();
        hashes.forEach((hash, i) => {
          scene.add(hash | 0, i);
        });
        hashes.forEach((hash, i) => {
          expect(scene.find(hash | 0, i)).toBe(i * 2);
        });
      }),
      { numRuns: 30 },
    );
  });

  it("gives the way of the packet: 1 is added for b to a", () => {
    const scene = new Scene();
    scene.add(9, 7);
    const back = scene.index.find(9, PLACE, -1, 7, portPair(65535, 1), portPair(1, 65535));
    expect(back).toBe(1);
    const crossed = scene.index.find(9, PLACE, -1, 7, portPair(1, 65535), portPair(65535, 1));
    expect(crossed).toBe(-1);
  });

  it("leads a reused tuple to its newest row, also after growing", () => {
    const scene = new Scene();
    scene.add(1, 100);
    scene.add(1, 101);
    const successor = scene.rows.allocate();
    scene.hashes.push(1);
    const words = scene.rows.ints[0]!;
    words.copyWithin(successor * ROW_WORDS, 0, ROW_WORDS);
    scene.index.replace(1, 0, successor);
    expect(scene.find(1, 100)).toBe(successor * 2);
    for (let i = 0; i < 200; i++) scene.add(i, i);
    expect(scene.find(1, 100)).toBe(successor * 2);
    expect(scene.find(1, 101)).toBe(2);
  });
});

describe("the index of many flows", () => {
  const rows = new FlowRows(1_000_000, 7);
  const layer = new IpLayer();
  layer.version = 4;
  layer.protocol = 6;
  layer.hasPorts = 1;
  for (let i = 0; i < 100_000; i++) {
    layer.src0 = 0x0a000000 + (i & 0xff);
    layer.dst0 = 0x0a010000 + (i >>> 12);
    layer.srcPort = i & 0xffff;
    layer.dstPort = 443;
    rows.open(0, layer, -1, -1);
  }

  it("looks at fewer than two slots for each", () => {
    expect(rows.index.probes() / rows.length).toBeLessThan(2);
  });

  it("moved each at most twice while it grew", () => {
    expect(rows.index.moved).toBeLessThan(2 * rows.length);
  });

  it("would show it: flows that all have one hash are looked for one after the other", () => {
    const scene = new Scene();
    for (let i = 0; i < 1_000; i++) scene.add(5, i);
    expect(scene.index.probes()).toBe((1_000 * 1_001) / 2);
  });
});

describe("flowHash", () => {
  const word = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
  const port = fc.integer({ min: 0, max: 65535 });
  it("is the same for both directions", () => {
    fc.assert(
      fc.property(word, word, port, port, word, (a, b, p, q, seed) => {
        expect(flowHash(PLACE, a, b, p, q, seed)).toBe(flowHash(PLACE, b, a, q, p, seed));
      }),
    );
  });

  it.each([0, 0x5bd1e995, -1])("spreads neighbours evenly over slots (seed %i)", (seed) => {
    const slots = new Uint32Array(4096);
    for (let host = 0; host < 64; host++) {
      for (let port = 0; port < 64; port++) {
        const hash = flowHash(KIND, 0x0a000000 + host, 0x0a000001, 40000 + port, 80, seed);
        slots[hash & 4095]! += 1;
      }
    }
    // 4096 balls into 4096 bins: about 37 % stay empty, and the fullest holds 6 or 7.
    expect(slots.filter((count) => count === 0).length).toBeLessThan(4096 * 0.45);
    expect(Math.max(...slots)).toBeLessThan(12);
  });

  it("lets other keys collide under another seed", () => {
    const collides = (seed: number): string[] => {
      const bySlot = new Map<number, number[]>();
      for (let i = 0; i < 512; i++) {
        const slot = flowHash(KIND, i, 5, 1, 2, seed) & 1023;
        bySlot.set(slot, [...(bySlot.get(slot) ?? []), i]);
      }
      return [...bySlot.values()].filter((keys) => keys.length > 1).map(String);
    };
    const [first, second] = [new Set(collides(1)), collides(2)];
    expect(second.filter((keys) => first.has(keys)).length).toBeLessThan(second.length / 4);
  });
});
