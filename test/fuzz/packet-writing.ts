/** What the writers of the packet grammar share while one packet is written. */
import type { FrameTruth, LayerTruth } from "./frame-truth.ts";
import type { PacketWriter } from "./packet-writer.ts";
import type { Random } from "./random.ts";

export interface Writing {
  /** What tunnels carry; handed in, because these writers stand above the ones that write tunnels. */
  readonly nested: {
    ip(writing: Writing, version: 4 | 6): void;
    ethernet(writing: Writing): void;
  };
  readonly out: PacketWriter;
  readonly random: Random;
  readonly truth: FrameTruth;
  /** IP layers that may still be nested. */
  depthLeft: number;
  /** False once something was written that the truth does not tell. */
  isHonest: boolean;
  /** Few addresses and ports and nothing but TCP, so that packets of different flows differ in little. */
  readonly isNarrow: boolean;
  /** True where bytes behind the innermost packet would change what it says (a length of 0, a tunnel known by its contents). */
  mustFillFrame: boolean;
}

/** Opens the truth of one more IP layer. */
export function addLayer(writing: Writing): LayerTruth {
  const layer: LayerTruth = {};
  writing.truth.layers.push(layer);
  return layer;
}
