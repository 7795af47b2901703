/** Goal: the default ports, and the snapshot's beside them. Method: sets and what the view makes of them. */
import { expect, test } from "vitest";
import { PacketView, UdpPortRole } from "../../../src/core/wire/packet-view.ts";
import { defaultWireSettings } from "../../../src/core/wire/settings.ts";

test("the defaults", () => {
  const settings = defaultWireSettings();
  expect([...settings.vxlanPorts]).toEqual([4789, 4790, 8472]);
  expect([...settings.genevePorts]).toEqual([6081]);
  expect([...settings.wireguardPorts]).toEqual([51820, 51821, 51871]);
});

test("ports of the snapshot are added, numbers that are none are not", () => {
  const settings = defaultWireSettings([4789, 9999, 0, -1, 65536, 1.5, Number.NaN]);
  expect([...settings.vxlanPorts]).toEqual([4789, 4790, 8472, 9999]);
});

test("a port may have several roles", () => {
  const view = new PacketView(defaultWireSettings([6081]));
  expect(view.udpPortRoles[6081]).toBe(UdpPortRole.Vxlan | UdpPortRole.Geneve);
  expect(view.udpPortRoles[4500]).toBe(UdpPortRole.Esp);
  expect(view.udpPortRoles[53]).toBe(0);
});
