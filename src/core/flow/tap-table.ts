/**
 * Numbers the places where records were seen, as far as the file tells: capture, interface, link type, VLANs, and what
 * Linux "any" captures add (SLL2: interface index; SLL: only direction and the link address of one side).
 */
import { formatMac } from "../address/ip-text.ts";
import { MAX_TAPS } from "../limits.ts";
import { LinkType } from "../wire/link-type.ts";
import { PacketType, type PacketView } from "../wire/packet-view.ts";
import type { Tap } from "./flow-observation.ts";
import { WordTupleTable } from "./word-tuple-table.ts";

/** Words of a tap's key. */
const CAPTURE = 0;
const INTERFACE = 1;
const LINK_TYPE = 2;
const SLL_INTERFACE = 3;
const VLAN = 4;
const INNER_VLAN = 5;
const SLL = 6;
const MAC_HIGH = 7;
const MAC_LOW = 8;
const WORDS = 9;

/** Values of the SLL word; SLL_HAS_MAC is added when the address was 6 bytes long. */
const NOT_SLL = 0;
const SLL_IN = 1;
const SLL_OUT = 2;
const SLL_HAS_MAC = 4;

export class TapTable {
  readonly #keys: WordTupleTable;
  readonly #maxTaps: number;
  /** Records and first record, by tap. */
  readonly #records: number[] = [];
  readonly #firstRecord: number[] = [];
  #capture = 0;
  /** The first tap that the current capture may have made. */
  #captureStart = 0;
  /** The tap of the record before, and what it was told by; -1 when the next record has to be looked up. */
  #last = -1;
  #lastInterface = 0;
  #lastLinkType = 0;
  #lastSllInterface = 0;
  #lastVlan = 0;
  #lastInnerVlan = 0;
  /** Records of places beyond the bound. */
  folded = 0;

  constructor(seed: number, maxTaps: number = MAX_TAPS) {
    this.#keys = new WordTupleTable(WORDS, seed);
    this.#maxTaps = Math.max(1, maxTaps);
  }

  beginCapture(capture: number): void {
    this.#capture = capture;
    this.#captureStart = this.#keys.size;
    this.#last = -1;
  }

  /** Counts the record and gives its tap. Beyond the bound records share the last tap. */
  count(packet: PacketView, interfaceIndex: number, linkType: number, record: number): number {
    const innerVlan =
      packet.vlanTags > 1 && packet.innerVlan !== packet.vlan ? packet.innerVlan : -1;
    let tap = this.#last;
    if (
      tap < 0 ||
      interfaceIndex !== this.#lastInterface ||
      linkType !== this.#lastLinkType ||
      packet.sllInterface !== this.#lastSllInterface ||
      packet.vlan !== this.#lastVlan ||
      innerVlan !== this.#lastInnerVlan ||
      linkType === LinkType.LinuxSll
    ) {
      tap = this.#find(packet, interfaceIndex, linkType, innerVlan, record);
    }
    this.#records[tap]! += 1;
    return tap;
  }

  /** LINUX_SLL: requests and answers of one interface are at different taps. */
  isOneWay(tap: number): boolean {
    return this.#keys.word(tap, SLL) !== NOT_SLL;
  }

  /** The first tap of the capture at hand; those up to `size` are its others. */
  get captureStart(): number {
    return this.#captureStart;
  }

  get size(): number {
    return this.#keys.size;
  }

  capture(index: number): number {
    return this.#keys.word(index, CAPTURE);
  }

  tap(index: number): Tap {
    const vlan = this.#keys.word(index, VLAN);
    const innerVlan = this.#keys.word(index, INNER_VLAN);
    return {
      index,
      capture: this.#keys.word(index, CAPTURE),
      interfaceIndex: this.#keys.word(index, INTERFACE) >>> 0,
      linkType: this.#keys.word(index, LINK_TYPE) >>> 0,
      sllInterface: this.#keys.word(index, SLL_INTERFACE) >>> 0,
      sll: this.#sll(index),
      vlan: vlan < 0 ? null : vlan,
      innerVlan: innerVlan < 0 ? null : innerVlan,
      records: this.#records[index] ?? 0,
      firstRecord: this.#firstRecord[index] ?? 0,
    };
  }

  #sll(index: number): Tap["sll"] {
    const sll = this.#keys.word(index, SLL);
    if (sll === NOT_SLL) return null;
    const mac = formatMac(this.#keys.word(index, MAC_HIGH), this.#keys.word(index, MAC_LOW) >>> 0);
    return {
      direction: (sll & SLL_OUT) !== 0 ? "out" : "in",
      mac: (sll & SLL_HAS_MAC) !== 0 ? mac : null,
    };
  }

  #find(
    packet: PacketView,
    interfaceIndex: number,
    linkType: number,
    innerVlan: number,
    record: number,
  ): number {
    const key = this.#keys.key;
    key[CAPTURE] = this.#capture;
    key[INTERFACE] = interfaceIndex;
    key[LINK_TYPE] = linkType;
    key[SLL_INTERFACE] = packet.sllInterface;
    key[VLAN] = packet.vlan;
    key[INNER_VLAN] = innerVlan;
    key[SLL] = NOT_SLL;
    key[MAC_HIGH] = 0;
    key[MAC_LOW] = 0;
    if (linkType === LinkType.LinuxSll && packet.sllPacketType !== PacketType.None) {
      key[SLL] = packet.sllPacketType === PacketType.Outgoing ? SLL_OUT : SLL_IN;
      if (packet.hasMac === 1) {
        key[SLL]! |= SLL_HAS_MAC;
        key[MAC_HIGH] = packet.srcMacHigh;
        key[MAC_LOW] = packet.srcMacLow;
      }
    }
    const known = this.#keys.find();
    if (known < 0 && this.#keys.size >= this.#maxTaps) {
      this.folded += 1;
      this.#last = -1;
      return this.#maxTaps - 1;
    }
    this.#last = known >= 0 ? known : this.#add(record);
    this.#lastInterface = interfaceIndex;
    this.#lastLinkType = linkType;
    this.#lastSllInterface = packet.sllInterface;
    this.#lastVlan = packet.vlan;
    this.#lastInnerVlan = innerVlan;
    return this.#last;
  }

  #add(record: number): number {
    this.#records.push(0);
    this.#firstRecord.push(record);
    return this.#keys.intern();
  }
}
