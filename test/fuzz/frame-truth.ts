/** What a packet of the grammar says about itself, known by construction: the decoders must find exactly this. */

/** Names and values of IpLayer's fields; fields that are not named may be anything. */
export type LayerTruth = Record<string, number>;

export interface FrameTruth {
  /** Outermost first. */
  readonly layers: LayerTruth[];
  /** Names and values of PacketView's own fields. */
  readonly frame: Record<string, number>;
}

/** One frame of the grammar; `truth` is null when the frame lies, is cut or goes past a limit. */
export interface GrammarFrame {
  readonly bytes: Uint8Array;
  readonly linkType: number;
  readonly wireLength: number;
  readonly truth: FrameTruth | null;
}
