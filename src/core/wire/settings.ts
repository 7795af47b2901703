/** Which UDP ports mean what, before the snapshot adds what it knows. */
import type { WireSettings } from "./packet-view.ts";

/** IANA's VXLAN port (RFC 7348 section 5), the one of VXLAN-GPE, and the one that Linux used before: flannel, Cilium still do. */
const VXLAN_PORTS = [4789, 4790, 8472];
/** RFC 8926 section 3.3. */
const GENEVE_PORTS = [6081];
/** wg(8)'s customary port and Calico's (IPv4, IPv6 one higher), Cilium's. */
const WIREGUARD_PORTS = [51820, 51821, 51871];

/** The defaults, plus VXLAN ports that the snapshot's interfaces name. Numbers that are no port are ignored. */
export function defaultWireSettings(extraVxlanPorts: Iterable<number> = []): WireSettings {
  const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65_536;
  return {
    vxlanPorts: new Set([...VXLAN_PORTS, ...[...extraVxlanPorts].filter(isPort)]),
    genevePorts: new Set(GENEVE_PORTS),
    wireguardPorts: new Set(WIREGUARD_PORTS),
  };
}
