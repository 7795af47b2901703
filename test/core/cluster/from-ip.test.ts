import { describe, expect, it } from "vitest";
import type { NodeState } from "../../../src/core/cluster/snapshot.ts";
import { load, loadText } from "./load-text.ts";

function state(text: string): NodeState {
  const { snapshot, codes } = loadText(text);
  expect(codes).toEqual(["snapshot.node-not-known"]);
  const [only] = snapshot.nodeStates;
  if (only === undefined) throw new Error("no node state");
  return only;
}

const IP_ADDR = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc mq state UP group default qlen 1000
    link/ether 02:00:00:00:00:10 brd ff:ff:ff:ff:ff:ff
    altname enp0s5
    inet 10.0.1.10/24 metric 512 brd 10.0.1.255 scope global dynamic eth0
       valid_lft 2913sec preferred_lft 2913sec
    inet6 fe80::10/64 scope link
       valid_lft forever preferred_lft forever
5: enid190c7a3b1a@if3: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 9001 qdisc noqueue state UP group default
    link/ether 9a:8f:5c:39:32:06 brd ff:ff:ff:ff:ff:ff link-netns cni-0f1e2d3c
`;

describe("ip addr", () => {
  it("gives index, name without the peer, MAC, MTU and addresses", () => {
    expect(state(IP_ADDR).interfaces).toEqual([
      { index: 1, name: "lo", mtu: 65536, addresses: ["127.0.0.1"], ref: { file: "f", line: 1 } },
      {
        index: 2,
        name: "eth0",
        mac: "02:00:00:00:00:10",
        mtu: 9001,
        addresses: ["10.0.1.10", "fe80::10"],
        ref: { file: "f", line: 5 },
      },
      {
        index: 5,
        name: "enid190c7a3b1a",
        mac: "9a:8f:5c:39:32:06",
        mtu: 9001,
        addresses: [],
        ref: { file: "f", line: 12 },
      },
    ]);
  });

  it("shows each interface once when both forms are there", () => {
    const json = JSON.stringify([
      {},
      {
        ifindex: 2,
        ifname: "eth0",
        mtu: 9001,
        address: "02:00:00:00:00:10",
        addr_info: [{ family: "inet", local: "10.0.1.10", prefixlen: 24 }],
      },
    ]);
    const { snapshot } = load({ "n.ip-addr.txt": IP_ADDR, "n.ip-j-addr.json": json });
    expect(snapshot.nodeStates).toHaveLength(1);
    expect(snapshot.nodeStates[0]?.interfaces.map((one) => one.index)).toEqual([1, 2, 5]);
  });

  it("reads tunnels and their ports from ip -d link and its JSON", () => {
    const text =
      state(`7: flannel.1: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 8951 qdisc noqueue state UNKNOWN mode DEFAULT group default
    link/ether 02:52:d8:ff:fa:ac brd ff:ff:ff:ff:ff:ff promiscuity 0 allmulti 0 minmtu 68 maxmtu 65535
    vxlan id 1 local 10.0.1.10 dev eth0 srcport 0 0 dstport 8472 nolearning ttl auto ageing 300 udpcsum
8: tunl0@NONE: <NOARP,UP,LOWER_UP> mtu 8981 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000
    link/ipip 0.0.0.0 brd 0.0.0.0 promiscuity 0
    ipip any remote any local any ttl inherit nopmtudisc
`).interfaces;
    expect(text).toMatchObject([
      { name: "flannel.1", kind: "vxlan", tunnelPort: 8472 },
      { name: "tunl0", kind: "ipip" },
    ]);
    const json = JSON.stringify([
      {
        ifindex: 7,
        ifname: "flannel.1",
        linkinfo: { info_kind: "vxlan", info_data: { id: 1, port: 8472 } },
      },
    ]);
    expect(state(json).interfaces).toMatchObject([{ kind: "vxlan", tunnelPort: 8472 }]);
  });

  it("reads the brief form, in colour, and has no index from it", () => {
    const esc = String.fromCharCode(27);
    const brief = `lo               UNKNOWN        127.0.0.1/8 ::1/128
${esc}[36meth0            ${esc}[0m ${esc}[32mUP            ${esc}[0m ${esc}[35m10.0.1.10${esc}[0m/24 ${esc}[34mfe80::10${esc}[0m/64
enid190c7a3b1a@if3 UP             fe80::98:8fff:fe5c:3932/64
`;
    expect(state(brief).interfaces).toMatchObject([
      { index: 0, name: "lo", addresses: ["127.0.0.1", "::1"] },
      { index: 0, name: "eth0", addresses: ["10.0.1.10", "fe80::10"] },
      { index: 0, name: "enid190c7a3b1a" },
    ]);
    expect(
      state("eth0             UP             02:00:00:00:00:10 <BROADCAST,MULTICAST,UP>\n")
        .interfaces,
    ).toMatchObject([{ name: "eth0", mac: "02:00:00:00:00:10" }]);
  });
});

const IP_RULE = `0:      from all lookup local
512:    from all to 10.0.1.11 lookup main
1024:   not from all to 10.0.0.0/16 lookup main
1024:   from all fwmark 0x80/0x80 lookup main
1536:   from 10.0.1.21 lookup 2
1536:   from 10.0.1.22 to 10.0.0.0/8 iif eth1 lookup eni-1
32766:  from all lookup main
`;

describe("ip rule", () => {
  it("gives priority, selectors, negation and table", () => {
    const rules = state(IP_RULE).rules.map(({ text: _text, ref: _ref, ...rest }) => rest);
    expect(rules).toEqual([
      { priority: 0, table: "local" },
      { priority: 512, to: "10.0.1.11", table: "main" },
      { priority: 1024, negated: true, to: "10.0.0.0/16", table: "main" },
      { priority: 1024, fwmark: "0x80/0x80", table: "main" },
      { priority: 1536, from: "10.0.1.21", table: "2" },
      { priority: 1536, from: "10.0.1.22", to: "10.0.0.0/8", iif: "eth1", table: "eni-1" },
      { priority: 32766, table: "main" },
    ]);
  });

  it("is the same from ip -j rule", () => {
    const json = JSON.stringify([
      { priority: 512, src: "all", dst: "10.0.1.11", table: "main" },
      { priority: 1024, src: "all", fwmark: "0x80", fwmask: "0x80", table: "main" },
      { priority: 1024, not: null, src: "all", dst: "10.0.0.0", dstlen: 16, table: "main" },
      { priority: 1536, src: "10.0.1.21", table: "2" },
    ]);
    expect(state(json).rules).toMatchObject([
      { priority: 512, to: "10.0.1.11", table: "main" },
      { priority: 1024, fwmark: "0x80/0x80", table: "main" },
      { priority: 1024, negated: true, to: "10.0.0.0/16" },
      { priority: 1536, from: "10.0.1.21", table: "2" },
    ]);
    const { snapshot } = load({ "n.rule.txt": IP_RULE, "n.rule.json": json });
    expect(snapshot.nodeStates[0]?.rules).toHaveLength(7);
  });
});

const IP_ROUTE = `default via 10.0.1.1 dev eth1 table 2
10.0.1.1 dev eth1 table 2 scope link
default via 10.0.1.1 dev eth0 proto dhcp src 10.0.1.10 metric 512
10.0.1.11 dev eni3c33fcc5853 scope link
10.20.0.0/16 proto static
	nexthop via 10.0.1.2 dev eth0 weight 1
	nexthop via 10.0.1.3 dev eth0 weight 1
blackhole 10.99.0.0/16
local 10.0.1.10 dev eth0 table local proto kernel scope host src 10.0.1.10
default via fe80::1 dev eth0 metric 1024 pref medium
2001:db8::1 dev eni3c33fcc5853 metric 1024 pref medium
10.1.0.0/16 via inet6 fe80::9 dev eth0
`;

describe("ip route", () => {
  it("gives destination, type, next hop, device, source and table of every route", () => {
    const routes = state(IP_ROUTE).routes.map(({ text: _text, ref: _ref, ...rest }) => rest);
    const route = { type: "unicast", table: "main" };
    expect(routes).toEqual([
      { ...route, destination: "0.0.0.0/0", via: "10.0.1.1", device: "eth1", table: "2" },
      { ...route, destination: "10.0.1.1", device: "eth1", table: "2" },
      {
        ...route,
        destination: "0.0.0.0/0",
        via: "10.0.1.1",
        device: "eth0",
        source: "10.0.1.10",
      },
      { ...route, destination: "10.0.1.11", device: "eni3c33fcc5853" },
      { ...route, destination: "10.20.0.0/16", via: "10.0.1.2", device: "eth0" },
      { ...route, destination: "10.20.0.0/16", via: "10.0.1.3", device: "eth0" },
      { ...route, destination: "10.99.0.0/16", type: "blackhole" },
      {
        destination: "10.0.1.10",
        type: "local",
        device: "eth0",
        source: "10.0.1.10",
        table: "local",
      },
      { ...route, destination: "::/0", via: "fe80::1", device: "eth0" },
      { ...route, destination: "2001:db8::1", device: "eni3c33fcc5853" },
      { ...route, destination: "10.1.0.0/16", via: "fe80::9", device: "eth0" },
    ]);
  });

  it("is the same from ip -j route, and both together list nothing twice", () => {
    const json = JSON.stringify([
      { dst: "default", gateway: "10.0.1.1", dev: "eth1", table: "2", flags: [] },
      { dst: "10.0.1.11", dev: "eni3c33fcc5853", scope: "link", flags: [] },
      {
        dst: "10.20.0.0/16",
        protocol: "static",
        nexthops: [
          { gateway: "10.0.1.2", dev: "eth0" },
          { gateway: "10.0.1.3", dev: "eth0" },
        ],
      },
      { type: "blackhole", dst: "10.99.0.0/16" },
      { type: "local", dst: "10.0.1.10", dev: "eth0", table: "local", prefsrc: "10.0.1.10" },
      { dst: "default", gateway: "fe80::1", dev: "eth0", metric: 1024, pref: "medium" },
      { dst: "10.1.0.0/16", via: { family: "inet6", host: "fe80::9" }, dev: "eth0" },
    ]);
    expect(state(json).routes).toHaveLength(8);
    const { snapshot } = load({ "n.route.txt": IP_ROUTE, "n.route.json": json });
    expect(snapshot.nodeStates[0]?.routes).toHaveLength(11);
  });
});

describe("ip neigh", () => {
  it("gives address, device and MAC; an incomplete entry has none", () => {
    const neighbours = state(`169.254.1.1 dev eth0 lladdr 9a:8f:5c:39:32:06 PERMANENT
fe80::1 dev eth0 lladdr 02:63:ec:d5:c3:3b router REACHABLE
10.0.1.77 dev eth0  FAILED
`).neighbours;
    expect(neighbours).toMatchObject([
      { address: "169.254.1.1", device: "eth0", mac: "9a:8f:5c:39:32:06" },
      { address: "fe80::1", device: "eth0", mac: "02:63:ec:d5:c3:3b" },
      { address: "10.0.1.77", device: "eth0" },
    ]);
    const json =
      '[{"dst":"10.0.1.77","dev":"eth0","lladdr":"02:00:00:00:00:01","state":["STALE"]}]';
    expect(state(json).neighbours).toMatchObject([{ mac: "02:00:00:00:00:01" }]);
  });
});

describe("one file with the output of several commands", () => {
  it("is taken apart by what each line is", () => {
    const session = `[root@n1 ~]# ip addr
${IP_ADDR}[root@n1 ~]# ip rule
${IP_RULE}[root@n1 ~]# ip route show table all
${IP_ROUTE}[root@n1 ~]# conntrack -L
tcp      6 98 TIME_WAIT src=10.0.1.11 dst=203.0.113.10 sport=54018 dport=80 src=203.0.113.10 dst=10.0.1.10 sport=80 dport=55562 [ASSURED] mark=128 use=1
conntrack v1.4.6 (conntrack-tools): 1 flow entries have been shown.
[root@n1 ~]# iptables -t nat -S
-P PREROUTING ACCEPT
-A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
`;
    const all = state(session);
    expect(all.interfaces).toHaveLength(3);
    expect(all.rules).toHaveLength(7);
    expect(all.routes).toHaveLength(11);
    expect(all.conntrack).toHaveLength(1);
    expect(all.iptables).toHaveLength(1);
  });
});
