/**
 * What a pcapng file says about itself: sections, interfaces, drop counters, comments and names
 * (draft-ietf-opsawg-pcapng sections 4.1, 4.2, 4.5, 4.6). Everything here happens once per block, not per packet.
 */
import type { DiagnosticLog } from "../diagnostics/diagnostic.ts";
import { MAX_INTERFACES } from "../limits.ts";
import { BLOCK_MALFORMED, INTERFACE_LIMIT, OPTION_MALFORMED } from "./capture-diagnostics.ts";
import {
  type CaptureDrops,
  type CaptureInterface,
  LINK_TYPE_NOT_DESCRIBED,
} from "./capture-info.ts";
import { CaptureText } from "./capture-text.ts";
import { type ResolvedName, readNames } from "./pcapng-names.ts";
import { OPTION_COMMENT, OptionCursor } from "./pcapng-options.ts";
import { TimestampUnit } from "./timestamp.ts";

/** A block in the window: `[start, end)` with `end` before the trailing length. */
export interface PcapngBlock {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  readonly little: boolean;
  /** Offset of the block in the file. */
  readonly fileOffset: number;
}

/** What the cursor needs of an interface for each packet. */
export interface InterfaceState {
  readonly index: number;
  readonly linkType: number;
  readonly snaplen: number;
  /** if_fcslen in bytes; 0 when not known. */
  readonly frameCheckLength: number;
  readonly unit: TimestampUnit;
}

/** Default if_tsresol: microseconds. */
const MICROSECONDS = 6;

/** Texts of an Interface Description Block while its options are read. */
interface InterfaceTexts {
  name?: string;
  description?: string;
  filter?: string;
  os?: string;
  hardware?: string;
  mac?: string;
}
const INTERFACE_TEXT_OPTIONS = new Map<number, keyof InterfaceTexts>([
  [2, "name"],
  [3, "description"],
  [12, "os"],
  [15, "hardware"],
]);
const IF_MAC_ADDRESS = 6;
const IF_TSRESOL = 9;
const IF_FILTER = 11;
const IF_FCSLEN = 13;
const IF_TSOFFSET = 14;
/** if_filter begins with the kind of filter; 0 is text, 1 is BPF code. */
const FILTER_IS_TEXT = 0;

const SECTION_TEXT_OPTIONS = new Map<number, "hardware" | "os" | "application">([
  [2, "hardware"],
  [3, "os"],
  [4, "application"],
]);

const DROP_OPTIONS = new Map<number, "received" | "droppedByInterface" | "droppedByOs">([
  [4, "received"],
  [5, "droppedByInterface"],
  [7, "droppedByOs"],
]);

export class PcapngMetadata {
  readonly interfaces: CaptureInterface[] = [];
  readonly comments: { record?: number; text: string }[] = [];
  readonly names: ResolvedName[] = [];
  readonly section: { hardware?: string; os?: string; application?: string } = {};
  /** Interfaces of the current section; the place is the id that its packets use. */
  sectionInterfaces: InterfaceState[] = [];

  readonly #file: string;
  readonly #log: DiagnosticLog;
  readonly #text: CaptureText;
  readonly #options = new OptionCursor();
  readonly #drops = new Map<number, CaptureDrops>();
  /** Packets lost between records of an interface, as the records themselves say. */
  readonly #dropsOfRecords = new Map<number, bigint>();
  #notDescribed: InterfaceState | null = null;

  constructor(file: string, log: DiagnosticLog) {
    this.#file = file;
    this.#log = log;
    this.#text = new CaptureText(file, log);
  }

  /** Counters of each interface, as its last Interface Statistics Block has them (they only ever grow) and its records do. */
  get drops(): CaptureDrops[] {
    const ofBlocks = [...this.#drops.values()];
    const only = [...this.#dropsOfRecords.keys()].filter((index) => !this.#drops.has(index));
    return [...ofBlocks, ...only.map((interfaceIndex) => ({ interfaceIndex }))].map((drops) => {
      const lost = this.#dropsOfRecords.get(drops.interfaceIndex);
      return lost === undefined ? drops : { ...drops, droppedBetweenRecords: lost.toString() };
    });
  }

  /** epb_dropcount, or the drop counter of an obsolete Packet Block. */
  addDrops({ index }: InterfaceState, count: bigint): void {
    this.#dropsOfRecords.set(index, (this.#dropsOfRecords.get(index) ?? 0n) + count);
  }

  /** Section Header Block: interface ids begin at 0 again. */
  readSection(block: PcapngBlock): void {
    this.sectionInterfaces = [];
    this.#notDescribed = null;
    const options = this.#optionsAt(block, 24);
    while (options.next()) {
      const name = SECTION_TEXT_OPTIONS.get(options.code);
      if (options.code === OPTION_COMMENT) this.addComment(block.bytes, options);
      else if (name !== undefined) {
        const text = this.#text.take(block.bytes, options.start, options.end);
        if (text !== undefined) this.section[name] ??= text;
      }
    }
    this.#checkOptions(block);
  }

  /** Interface Description Block. */
  readInterface(block: PcapngBlock): void {
    if (!this.#fits(block, 16, "Interface Description Block")) return;
    const linkType = block.view.getUint16(block.start + 8, block.little);
    const snaplen = block.view.getUint32(block.start + 12, block.little);
    const texts: InterfaceTexts = {};
    const comments: string[] = [];
    let resolution = MICROSECONDS;
    let offsetSeconds = 0;
    let frameCheckLength = 0;
    const options = this.#optionsAt(block, 16);
    while (options.next()) {
      if (options.code === OPTION_COMMENT) {
        const text = this.#text.take(block.bytes, options.start, options.end);
        if (text !== undefined) comments.push(text);
      } else if (options.code === IF_TSRESOL && options.length === 1) {
        resolution = block.view.getUint8(options.start);
      } else if (options.code === IF_TSOFFSET && options.length === 8) {
        offsetSeconds = Number(block.view.getBigInt64(options.start, block.little));
      } else if (options.code === IF_FCSLEN && options.length === 1) {
        frameCheckLength = fcsBytes(block.view.getUint8(options.start));
      } else this.#readInterfaceText(block, options, texts);
    }
    this.#checkOptions(block);
    const unit = new TimestampUnit(resolution, offsetSeconds);
    // A packet that names an interface behind the bound is counted as one of an interface not described.
    const isFull = this.sectionInterfaces.length >= MAX_INTERFACES;
    if (isFull) this.#limitReached(block);
    else
      this.sectionInterfaces.push(
        this.#addInterface(
          { linkType, snaplen, ...texts, comments },
          unit,
          frameCheckLength,
          block,
        ),
      );
  }

  /** The interface of records that name one which their section does not describe; made when first needed. */
  notDescribedInterface(): InterfaceState {
    this.#notDescribed ??= this.#addInterface(
      {
        linkType: LINK_TYPE_NOT_DESCRIBED,
        snaplen: 0,
        description: "not described in the file",
        comments: [],
      },
      new TimestampUnit(MICROSECONDS, 0),
      0,
      null,
    );
    return this.#notDescribed;
  }

  /** Interface Statistics Block. */
  readStatistics(block: PcapngBlock): void {
    if (!this.#fits(block, 20, "Interface Statistics Block")) return;
    const state = this.sectionInterfaces[block.view.getUint32(block.start + 8, block.little)];
    const interfaceIndex = state?.index ?? this.notDescribedInterface().index;
    const drops: { received?: string; droppedByInterface?: string; droppedByOs?: string } = {};
    const options = this.#optionsAt(block, 20);
    while (options.next()) {
      const name = DROP_OPTIONS.get(options.code);
      if (options.code === OPTION_COMMENT) this.addComment(block.bytes, options);
      else if (name !== undefined && options.length === 8) {
        drops[name] = block.view.getBigUint64(options.start, block.little).toString();
      }
    }
    this.#checkOptions(block);
    this.#drops.set(interfaceIndex, { interfaceIndex, ...drops });
  }

  readNames(block: PcapngBlock): void {
    const { view, bytes, start, end, little } = block;
    if (!readNames(view, bytes, start + 8, end, little, this.#text, this.names)) {
      this.#malformed(block, "a record of a Name Resolution Block does not fit it");
    }
  }

  /** Keeps the comment that `options` stands on; `record` when it is the comment of a packet. */
  addComment(bytes: Uint8Array, options: OptionCursor, record?: number): void {
    const text = this.#text.take(bytes, options.start, options.end);
    if (text === undefined) return;
    this.comments.push(record === undefined ? { text } : { record, text });
  }

  #readInterfaceText(block: PcapngBlock, options: OptionCursor, texts: InterfaceTexts): void {
    const { bytes, view } = block;
    const { code, start, end } = options;
    const name = INTERFACE_TEXT_OPTIONS.get(code);
    if (name !== undefined) {
      const text = this.#text.take(bytes, start, end);
      if (text !== undefined) texts[name] ??= text;
    } else if (code === IF_MAC_ADDRESS && options.length === 6) {
      texts.mac = macText(bytes.subarray(start, end));
    } else if (
      code === IF_FILTER &&
      options.length > 1 &&
      view.getUint8(start) === FILTER_IS_TEXT
    ) {
      const text = this.#text.take(bytes, start + 1, end);
      if (text !== undefined) texts.filter ??= text;
    }
  }

  #addInterface(
    facts: Omit<CaptureInterface, "index">,
    unit: TimestampUnit,
    frameCheckLength: number,
    block: PcapngBlock | null,
  ): InterfaceState {
    const { linkType, snaplen } = facts;
    const isFull = this.interfaces.length >= MAX_INTERFACES;
    const index = isFull ? MAX_INTERFACES - 1 : this.interfaces.length;
    if (isFull) this.#limitReached(block);
    else this.interfaces.push({ index, ...facts });
    return { index, linkType, snaplen, frameCheckLength, unit };
  }

  #limitReached(block: PcapngBlock | null): void {
    const message = `the file describes more than ${MAX_INTERFACES} interfaces`;
    const place = block === null ? {} : { offset: block.fileOffset };
    this.#log.add(INTERFACE_LIMIT, { file: this.#file, ...place }, message);
  }

  #optionsAt(block: PcapngBlock, offset: number): OptionCursor {
    this.#options.reset(block.view, block.start + offset, block.end, block.little);
    return this.#options;
  }

  #checkOptions(block: PcapngBlock): void {
    if (!this.#options.malformed) return;
    const message = "an option claims more bytes than its block has left";
    this.#log.add(OPTION_MALFORMED, { file: this.#file, offset: block.fileOffset }, message);
  }

  #fits(block: PcapngBlock, needed: number, name: string): boolean {
    if (block.end - block.start >= needed) return true;
    this.#malformed(
      block,
      `the ${name} has ${block.end - block.start + 4} bytes, too few for its fields`,
    );
    return false;
  }

  #malformed(block: PcapngBlock, message: string): void {
    this.#log.add(BLOCK_MALFORMED, { file: this.#file, offset: block.fileOffset }, message);
  }
}

/** The option was long described without a unit: writers give bytes or bits, of which one only can be meant. */
function fcsBytes(value: number): number {
  if (value === 2 || value === 4) return value;
  return value === 16 || value === 32 ? value / 8 : 0;
}

function macText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(":");
}
