/**
 * Frames for tests, written the way they are spoken:
 *
 *   ethernet().vlan(101).ipv4({ src: "10.0.1.10", dst: "10.0.2.20" }).udp({ dstPort: 4789 }).vxlan({ vni: 1 })
 *     .ethernet().ipv4({ src: "192.168.0.1" }).tcp({ dstPort: 80, flags: "S" }).payload("hi").bytes()
 *
 * "Next protocol" fields, lengths and checksums are right unless a field overrides them. A builder is immutable: every call
 * returns a new one, so that a common start can be shared between tests.
 */
import * as layers from "./packet-layers.ts";
import * as transport from "./packet-transport.ts";

export class PacketBuilder {
  readonly #layers: readonly layers.PacketLayer[];

  constructor(packetLayers: readonly layers.PacketLayer[] = []) {
    this.#layers = packetLayers;
  }

  #with(layer: layers.PacketLayer): PacketBuilder {
    return new PacketBuilder([...this.#layers, layer]);
  }

  ethernet(fields?: layers.EthernetFields): PacketBuilder {
    return this.#with(layers.ethernetLayer(fields));
  }
  /** `tpid`: 0x8100 (802.1Q), 0x88a8 (802.1ad), 0x9100. */
  vlan(
    id: number,
    fields: { readonly tpid?: number; readonly priority?: number } = {},
  ): PacketBuilder {
    return this.#with(layers.vlanLayer(id, fields.tpid, fields.priority));
  }
  sll(fields?: layers.SllFields): PacketBuilder {
    return this.#with(layers.sllLayer(fields));
  }
  sll2(fields?: layers.SllFields): PacketBuilder {
    return this.#with(layers.sll2Layer(fields));
  }
  arp(fields?: layers.ArpFields): PacketBuilder {
    return this.#with(layers.arpLayer(fields));
  }
  ipv4(fields?: layers.Ipv4Fields): PacketBuilder {
    return this.#with(layers.ipv4Layer(fields));
  }
  ipv6(fields?: layers.Ipv6Fields): PacketBuilder {
    return this.#with(layers.ipv6Layer(fields));
  }
  /** Hop-by-hop options; one PadN option by default. */
  hopByHop(body: Uint8Array = Uint8Array.of(1, 4, 0, 0, 0, 0)): PacketBuilder {
    return this.#with(layers.ipv6ExtensionLayer(0, body));
  }
  destinationOptions(body: Uint8Array = Uint8Array.of(1, 4, 0, 0, 0, 0)): PacketBuilder {
    return this.#with(layers.ipv6ExtensionLayer(60, body));
  }
  routing(body: Uint8Array = new Uint8Array(6)): PacketBuilder {
    return this.#with(layers.ipv6ExtensionLayer(43, body));
  }
  /** Any header of the common extension form, e.g. 135 mobility, 139 HIP, 140 shim6. */
  ipv6Extension(
    protocol: number,
    body: Uint8Array = new Uint8Array(6),
    nextHeader?: number,
  ): PacketBuilder {
    return this.#with(layers.ipv6ExtensionLayer(protocol, body, nextHeader));
  }
  ipv6Fragment(fields?: layers.FragmentFields): PacketBuilder {
    return this.#with(layers.ipv6FragmentLayer(fields));
  }
  authenticationHeader(): PacketBuilder {
    return this.#with(layers.authenticationHeaderLayer());
  }
  tcp(fields?: transport.TcpFields): PacketBuilder {
    return this.#with(transport.tcpLayer(fields));
  }
  udp(fields?: transport.UdpFields): PacketBuilder {
    return this.#with(transport.udpLayer(fields));
  }
  icmpv4(fields?: transport.IcmpFields): PacketBuilder {
    return this.#with(transport.icmpv4Layer(fields));
  }
  icmpv6(fields?: transport.IcmpFields): PacketBuilder {
    return this.#with(transport.icmpv6Layer(fields));
  }
  sctp(fields?: transport.SctpFields): PacketBuilder {
    return this.#with(transport.sctpLayer(fields));
  }
  vxlan(fields: { readonly vni?: number; readonly flags?: number } = {}): PacketBuilder {
    return this.#with(layers.vxlanLayer(fields.vni, fields.flags));
  }
  geneve(fields?: layers.GeneveFields): PacketBuilder {
    return this.#with(layers.geneveLayer(fields));
  }
  gre(fields?: layers.GreFields): PacketBuilder {
    return this.#with(layers.greLayer(fields));
  }
  /** Bytes or one byte per character; further layers may follow, e.g. after a header that the builder does not know. */
  payload(content: Uint8Array | string): PacketBuilder {
    return this.#with(layers.payloadLayer(content));
  }
  /** Any other protocol: how it is announced, and its header bytes. */
  header(
    bytes: Uint8Array,
    announced: { readonly etherType?: number; readonly protocol?: number } = {},
  ): PacketBuilder {
    return this.#with({ ...announced, ...layers.payloadLayer(bytes) });
  }

  bytes(): Uint8Array {
    return this.#emit(0, null);
  }

  #emit(index: number, ip: layers.IpContext | null): Uint8Array {
    const layer = this.#layers[index];
    if (layer === undefined) return new Uint8Array(0);
    const payload = this.#emit(index + 1, layer.ip ?? ip);
    return layer.emit({ payload, next: this.#layers[index + 1] ?? null, ip });
  }
}

/** An Ethernet frame (LINKTYPE_ETHERNET, 1). */
export const ethernet = (fields?: layers.EthernetFields): PacketBuilder =>
  new PacketBuilder().ethernet(fields);
/** A Linux cooked frame (LINKTYPE_LINUX_SLL, 113). */
export const sll = (fields?: layers.SllFields): PacketBuilder => new PacketBuilder().sll(fields);
/** A Linux cooked v2 frame (LINKTYPE_LINUX_SLL2, 276). */
export const sll2 = (fields?: layers.SllFields): PacketBuilder => new PacketBuilder().sll2(fields);
/** No link header (LINKTYPE_RAW, 101): `raw().ipv4()...`. */
export const raw = (): PacketBuilder => new PacketBuilder();
