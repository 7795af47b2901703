/** Facts about one capture file, filled while its records are walked. */

/**
 * Link type of records whose interface the file does not describe. LINKTYPE_ values are 16 bits wide and are given out
 * from 0 upwards (https://www.tcpdump.org/linktypes.html), so no decoder knows it.
 */
export const LINK_TYPE_NOT_DESCRIBED = 0xffff;

/** One interface of a capture: a pcapng IDB, or the single interface that a classic pcap implies. */
export interface CaptureInterface {
  /** 0-based, over the whole file (sections continue the count). */
  readonly index: number;
  /** LINKTYPE_ value (https://www.tcpdump.org/linktypes.html) without FCS bits. */
  readonly linkType: number;
  /** Bytes; 0 = unlimited. */
  readonly snaplen: number;
  readonly name?: string;
  readonly description?: string;
  readonly filter?: string;
  readonly os?: string;
  readonly hardware?: string;
  /** if_MACaddr as "aa:bb:cc:dd:ee:ff". */
  readonly mac?: string;
  readonly comments: readonly string[];
}

/** Drop counters as the capturing tool wrote them (pcapng); absent fields were not written. */
export interface CaptureDrops {
  readonly interfaceIndex: number;
  /** isb_ifrecv, isb_ifdrop, isb_filteraccept, isb_osdrop, isb_usrdeliv; decimal strings, 64-bit. */
  readonly received?: string;
  readonly droppedByInterface?: string;
  readonly droppedByOs?: string;
  /** Sum of what packets say was lost before them (epb_dropcount); the same losses as above, where both are written. */
  readonly droppedBetweenRecords?: string;
}

export type CaptureFormat = "pcap" | "pcapng";

export interface CaptureInfo {
  readonly format: CaptureFormat;
  /** Of the file's numbers; for pcapng of its first section. */
  readonly byteOrder: "little" | "big";
  readonly interfaces: readonly CaptureInterface[];
  readonly drops: readonly CaptureDrops[];
  /** Section and packet comments, the first ones up to a limit. */
  readonly comments: readonly { readonly record?: number; readonly text: string }[];
  /** Name resolution records (pcapng NRB). */
  readonly names: readonly { readonly address: string; readonly name: string }[];
  readonly hardware?: string;
  readonly os?: string;
  readonly application?: string;
  readonly records: number;
  /** Sums over all records: bytes on the wire and bytes in the file. */
  readonly wireBytes: number;
  readonly capturedBytes: number;
}
