/** Options of packets (draft-ietf-opsawg-pcapng section 4.3.1): comments, flags, and what was lost before them. */
import type { InterfaceState, PcapngMetadata } from "./pcapng-metadata.ts";
import { OPTION_COMMENT, OptionCursor } from "./pcapng-options.ts";

const EPB_FLAGS = 2;
const EPB_DROPCOUNT = 4;
/** epb_flags: bits 5 to 8 are the length of the check sequence in bytes, 0 when not known. */
const FCS_SHIFT = 5;
const FCS_MASK = 0x0f;

export class PacketOptions {
  /** Of the packet read last; 0 when its flags do not tell. */
  frameCheckLength = 0;
  readonly #metadata: PcapngMetadata;
  readonly #options = new OptionCursor();

  constructor(metadata: PcapngMetadata) {
    this.#metadata = metadata;
  }

  /** Reads the options in `[start, end)`; false when one did not fit: those before it were used. */
  read(
    view: DataView,
    bytes: Uint8Array,
    state: InterfaceState,
    start: number,
    end: number,
    little: boolean,
    record: number,
  ): boolean {
    const options = this.#options;
    this.frameCheckLength = 0;
    options.reset(view, start, end, little);
    while (options.next()) {
      if (options.code === OPTION_COMMENT) {
        this.#metadata.addComment(bytes, options, record);
      } else if (options.code === EPB_FLAGS && options.length === 4) {
        this.frameCheckLength = (view.getUint32(options.start, little) >>> FCS_SHIFT) & FCS_MASK;
      } else if (options.code === EPB_DROPCOUNT && options.length === 8) {
        this.#metadata.addDrops(state, view.getBigUint64(options.start, little));
      }
    }
    return !options.malformed;
  }
}
