import { describe, expect, it } from "vitest";
import type { ConntrackEntry } from "../../../src/core/cluster/snapshot.ts";
import { load, loadText } from "./load-text.ts";

function entries(text: string): readonly ConntrackEntry[] {
  return loadText(text).snapshot.nodeStates[0]?.conntrack ?? [];
}

const LISTING = `tcp      6 98 TIME_WAIT src=10.0.1.11 dst=203.0.113.10 sport=54018 dport=80 src=203.0.113.10 dst=10.0.1.10 sport=80 dport=55562 [ASSURED] mark=128 use=1
udp      17 27 src=10.0.1.11 dst=10.100.0.10 sport=55370 dport=53 [UNREPLIED] src=10.0.2.51 dst=10.0.1.11 sport=53 dport=55370 mark=0 use=1
icmp     1 27 src=10.0.1.11 dst=203.0.113.10 type=8 code=0 id=25714 src=203.0.113.10 dst=10.0.1.10 type=0 code=0 id=30890 mark=128 use=1
conntrack v1.4.6 (conntrack-tools): 3 flow entries have been shown.
`;

describe("conntrack -L", () => {
  it("gives both tuples, state, mark and whether an answer came", () => {
    const told = entries(LISTING).map(({ text: _text, ...rest }) => rest);
    expect(told).toEqual([
      {
        protocol: "tcp",
        original: {
          source: "10.0.1.11",
          destination: "203.0.113.10",
          sourcePort: 54018,
          destinationPort: 80,
        },
        reply: {
          source: "203.0.113.10",
          destination: "10.0.1.10",
          sourcePort: 80,
          destinationPort: 55562,
        },
        state: "TIME_WAIT",
        unreplied: false,
        mark: 128,
        ref: { file: "f", line: 1 },
      },
      {
        protocol: "udp",
        original: {
          source: "10.0.1.11",
          destination: "10.100.0.10",
          sourcePort: 55370,
          destinationPort: 53,
        },
        reply: {
          source: "10.0.2.51",
          destination: "10.0.1.11",
          sourcePort: 53,
          destinationPort: 55370,
        },
        unreplied: true,
        mark: 0,
        ref: { file: "f", line: 2 },
      },
      {
        protocol: "icmp",
        original: {
          source: "10.0.1.11",
          destination: "203.0.113.10",
          sourcePort: 25714,
          destinationPort: 25714,
        },
        reply: {
          source: "203.0.113.10",
          destination: "10.0.1.10",
          sourcePort: 30890,
          destinationPort: 30890,
        },
        unreplied: false,
        mark: 128,
        ref: { file: "f", line: 3 },
      },
    ]);
  });

  it("reads -o extended and /proc/net/nf_conntrack with counters, zones and offload", () => {
    const [entry, other] =
      entries(`ipv4     2 tcp      6 431999 ESTABLISHED src=10.0.1.11 dst=10.0.2.51 sport=1000 dport=80 packets=7 bytes=420 src=10.0.2.51 dst=10.0.1.11 sport=80 dport=1000 packets=5 bytes=999 [OFFLOAD] mark=0 secctx=null zone=3 use=2
ipv6     10 icmpv6   58 28 src=2001:DB8::1 dst=2001:db8::2 type=128 code=0 id=7 src=2001:db8::2 dst=2001:db8::1 type=129 code=0 id=7 mark=0 use=1
`);
    expect(entry).toMatchObject({ protocol: "tcp", state: "ESTABLISHED", unreplied: false });
    expect(other).toMatchObject({
      protocol: "icmpv6",
      original: { source: "2001:db8::1", sourcePort: 7 },
    });
  });

  it("has null for the ports of protocols without them", () => {
    const [entry] = entries(
      "unknown  4 599 src=10.0.1.10 dst=10.0.2.10 [UNREPLIED] src=10.0.2.10 dst=10.0.1.10 mark=0 use=1\n",
    );
    expect(entry).toMatchObject({ protocol: "unknown", original: { sourcePort: null } });
  });

  it("skips what is cut or holds no addresses", () => {
    const { codes, snapshot } = loadText(
      `${LISTING}tcp 6 98 SYN_SENT src=10.0.1.999 dst=1.2.3.4 sport=1 dport=2 src=1.2.3.4 dst=10.0.1.1 sport=2 dport=1\n`,
    );
    expect(snapshot.nodeStates[0]?.conntrack).toHaveLength(3);
    expect(codes).toContain("snapshot.entry-skipped");
    for (let length = 0; length < LISTING.length; length += 11) loadText(LISTING.slice(0, length));
  });
});

const FLOW =
  "src=10.0.1.11 dst=203.0.113.10 sport=54018 dport=80 REPLYsrc=203.0.113.10 dst=10.0.1.10 sport=80 dport=55562";
const seen = FLOW.replace("REPLY", "");
const unseen = FLOW.replace("REPLY", "[UNREPLIED] ");
const EVENTS = `[1795190738.947041]	    [NEW] ipv4     2 tcp      6 120 SYN_SENT ${unseen}
[1795190738.947120]	 [UPDATE] ipv4     2 tcp      6 60 SYN_RECV ${seen}
[1795190740.100000]	[DESTROY] ipv4     2 tcp      6 ${seen} [ASSURED]
`;

describe("conntrack -E -o timestamp", () => {
  it("is one entry from its first event on, with the last state", () => {
    expect(entries(EVENTS)).toMatchObject([
      {
        time: "1795190738.947041",
        event: "NEW",
        state: "SYN_RECV",
        unreplied: false,
        ref: { file: "f", line: 1 },
      },
    ]);
    expect(loadText(EVENTS).snapshot.takenAt).toBe("2026-11-20T16:05:40Z");
  });

  it("is two entries when the tuple is used again", () => {
    const again = EVENTS.replaceAll("17951907", "17951908");
    expect(entries(EVENTS + again).map((entry) => entry.time)).toEqual([
      "1795190738.947041",
      "1795190838.947041",
    ]);
  });

  it("is completed by the listings of the same node and not repeated by them", () => {
    const { snapshot } = load({
      "n.conntrack-L.txt": LISTING,
      "n.conntrack-E.txt": EVENTS,
      "n.conntrack-L-extended.txt": LISTING.replace(/^tcp/gm, "ipv4     2 tcp"),
    });
    const all = snapshot.nodeStates[0]?.conntrack ?? [];
    expect(all).toHaveLength(3);
    expect(all[0]).toMatchObject({ time: "1795190738.947041", state: "TIME_WAIT", mark: 128 });
  });
});
