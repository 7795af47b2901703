/**
 * Where a flow was seen, as one word of its key. Outside tunnels that is the tap itself; inside, the tap together with the
 * kind, identifier and depth of the tunnel, numbered from FIRST_TUNNEL.
 */
import { MAX_TAPS, MAX_TUNNELS } from "../limits.ts";
import { MAX_CONTEXTS } from "./flow-key.ts";
import { WordTupleTable } from "./word-tuple-table.ts";

/** Contexts below are taps. */
const FIRST_TUNNEL = MAX_TAPS + 1;

/** Beside the encapsulation code: a GRE key may be all ones, which as a signed word is the "none" of IpLayer.vni. */
const HAS_VNI = 8;

export class ContextTable {
  /** Words: tap, encapsulation code and HAS_VNI, network identifier, depth, context of the tunnel. */
  readonly #tunnels: WordTupleTable;
  /** Tunnel contexts of one tap as a list: the newest by tap, the one before it by context. -1 = none. */
  readonly #newestOfTap: number[] = [];
  readonly #olderOfSameTap: number[] = [];
  readonly #maxTunnels: number;
  #last = -1;
  /** Packets of tunnels beyond the bound. */
  folded = 0;

  constructor(seed: number, maxTunnels: number = MAX_TUNNELS) {
    this.#tunnels = new WordTupleTable(5, seed);
    this.#maxTunnels = Math.max(1, Math.min(maxTunnels, MAX_CONTEXTS - FIRST_TUNNEL));
  }

  /**
   * Context of the layer `depth` (1 = inside one tunnel) that a tunnel of this kind carries. `above`: context of the tunnel's own
   * packets, so that two mirror sessions that copied one tunnel stay apart. Beyond the bound tunnels share the last one.
   */
  intern(tap: number, encapsulation: number, vni: number, depth: number, above: number): number {
    const tunnels = this.#tunnels;
    const key = tunnels.key;
    key[0] = tap;
    key[1] = vni === -1 ? encapsulation : encapsulation | HAS_VNI;
    key[2] = vni;
    key[3] = depth;
    key[4] = above;
    if (this.#last >= 0 && tunnels.matches(this.#last)) return FIRST_TUNNEL + this.#last;
    const known = tunnels.find();
    if (known < 0 && tunnels.size >= this.#maxTunnels) {
      this.folded += 1;
      return FIRST_TUNNEL + this.#maxTunnels - 1;
    }
    this.#last = known >= 0 ? known : this.#add(tap);
    return FIRST_TUNNEL + this.#last;
  }

  isTunnel(context: number): boolean {
    return context >= FIRST_TUNNEL;
  }

  tap(context: number): number {
    return context < FIRST_TUNNEL ? context : this.#tunnels.word(context - FIRST_TUNNEL, 0);
  }

  encapsulation(context: number): number {
    return this.#tunnels.word(context - FIRST_TUNNEL, 1) & ~HAS_VNI;
  }

  /** Unsigned: GRE keys use all 32 bits. */
  vni(context: number): number | null {
    const index = context - FIRST_TUNNEL;
    return (this.#tunnels.word(index, 1) & HAS_VNI) === 0
      ? null
      : this.#tunnels.word(index, 2) >>> 0;
  }

  depth(context: number): number {
    return this.#tunnels.word(context - FIRST_TUNNEL, 3);
  }

  /** Newest tunnel context of the tap, -1 when it has none; continue with `older`. */
  newest(tap: number): number {
    return this.#newestOfTap[tap] ?? -1;
  }

  older(context: number): number {
    return this.#olderOfSameTap[context - FIRST_TUNNEL] ?? -1;
  }

  #add(tap: number): number {
    const index = this.#tunnels.intern();
    while (this.#newestOfTap.length <= tap) this.#newestOfTap.push(-1);
    this.#olderOfSameTap.push(this.newest(tap));
    this.#newestOfTap[tap] = FIRST_TUNNEL + index;
    return index;
  }
}
