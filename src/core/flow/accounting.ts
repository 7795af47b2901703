/** Every record under exactly one head: in a connection, or the reason why not. */
import { DecodeStop } from "../wire/decode-stop.ts";
import { isReadableLinkType } from "../wire/link-type.ts";
import type { PacketView } from "../wire/packet-view.ts";
import type { NotClassifiedReason } from "./flow-observation.ts";

/** What became of a record. Positions in REASONS follow InConnection. */
export const Outcome = {
  InConnection: 0,
  Arp: 1,
  NonIp: 2,
  UnknownLinkType: 3,
  TruncatedBeforeIp: 4,
  Malformed: 5,
  FragmentWithoutFirst: 6,
  FlowTableFull: 7,
} as const;
export type OutcomeCode = (typeof Outcome)[keyof typeof Outcome];

const REASONS: readonly NotClassifiedReason[] = [
  "arp",
  "non-ip",
  "unknown-link-type",
  "truncated-before-ip",
  "malformed",
  "fragment-without-first",
  "flow-table-full",
];

/** ARP (RFC 826) and its reverse (RFC 903). */
const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_RARP = 0x8035;

/** Why a packet has no IP layer. */
export function outcomeWithoutIp(packet: PacketView, linkType: number): OutcomeCode {
  if (!isReadableLinkType(linkType)) return Outcome.UnknownLinkType;
  if (packet.etherType === ETHERTYPE_ARP || packet.etherType === ETHERTYPE_RARP) return Outcome.Arp;
  switch (packet.stop) {
    case DecodeStop.Truncated:
      return Outcome.TruncatedBeforeIp;
    case DecodeStop.Malformed:
    case DecodeStop.TooDeep:
      return Outcome.Malformed;
    default:
      return Outcome.NonIp;
  }
}

/** Balanced: records === inConnections + the sum over notClassified, which lists only reasons that were met. */
export interface FlowAccounting {
  readonly records: number;
  readonly inConnections: number;
  readonly notClassified: Readonly<Partial<Record<NotClassifiedReason, number>>>;
}

export class RecordAccount {
  #records = 0;
  /** By OutcomeCode; doubles, so that no count overflows. */
  readonly #outcomes = new Float64Array(REASONS.length + 1);

  /** One record; `settle` must follow. */
  open(): void {
    this.#records += 1;
  }

  settle(outcome: OutcomeCode): void {
    this.#outcomes[outcome]! += 1;
  }

  /** A record that was settled has another outcome after all. */
  move(from: OutcomeCode, to: OutcomeCode): void {
    this.#outcomes[from]! -= 1;
    this.#outcomes[to]! += 1;
  }

  count(outcome: OutcomeCode): number {
    return this.#outcomes[outcome]!;
  }

  read(): FlowAccounting {
    const notClassified: Partial<Record<NotClassifiedReason, number>> = {};
    REASONS.forEach((reason, i) => {
      const count = this.#outcomes[i + 1]!;
      if (count > 0) notClassified[reason] = count;
    });
    return {
      records: this.#records,
      inConnections: this.#outcomes[Outcome.InConnection]!,
      notClassified,
    };
  }
}
