// The filters are handed to other programs: they must be exact, and safe to paste.
import { describe, expect, it } from "vitest";
import { captureFilter, displayFilter, legFilters } from "../../../src/core/explain/leg-filters.ts";
import type { Report, ReportConnection } from "../../../src/core/report/report.ts";
import { connectionOf, partyOf, reportOf } from "../../support/report.ts";

const leg = (a: string, x: number, b: string, y: number) => ({
  orig: { address: a, port: x },
  resp: { address: b, port: y },
});

describe("filters for one leg", () => {
  it.each([
    [
      "tcp",
      leg("10.0.1.11", 40_000, "203.0.113.9", 443),
      "ip.addr == 10.0.1.11 && ip.addr == 203.0.113.9 && tcp.port == 40000 && tcp.port == 443",
      "host 10.0.1.11 and host 203.0.113.9 and tcp port 40000 and tcp port 443",
    ],
    [
      "udp",
      leg("2001:db8::1", 5353, "2001:db8::2", 5353),
      "ipv6.addr == 2001:db8::1 && ipv6.addr == 2001:db8::2 && udp.srcport == 5353 && udp.dstport == 5353",
      "host 2001:db8::1 and host 2001:db8::2 and udp src port 5353 and udp dst port 5353",
    ],
    [
      "tcp",
      leg("10.0.1.11", 1, "10.0.1.11", 2),
      "ip.src == 10.0.1.11 && ip.dst == 10.0.1.11 && tcp.port == 1 && tcp.port == 2",
      "src host 10.0.1.11 and dst host 10.0.1.11 and tcp port 1 and tcp port 2",
    ],
    [
      "icmp",
      leg("10.0.1.11", 77, "10.0.2.21", 77),
      "ip.addr == 10.0.1.11 && ip.addr == 10.0.2.21 && icmp.ident == 77",
      "host 10.0.1.11 and host 10.0.2.21 and icmp and icmp[4:2] == 77",
    ],
    [
      "icmpv6",
      leg("fe80::1", 0, "ff02::16", 0),
      "ipv6.addr == fe80::1 && ipv6.addr == ff02::16 && icmpv6",
      "ip6 and host fe80::1 and host ff02::16",
    ],
    [
      "icmpv6",
      leg("2001:db8::1", 9, "2001:db8::2", 9),
      "ipv6.addr == 2001:db8::1 && ipv6.addr == 2001:db8::2 && icmpv6.echo.identifier == 9",
      "host 2001:db8::1 and host 2001:db8::2 and icmp6 and icmp6[4:2] == 9",
    ],
    [
      "ip47",
      leg("10.0.1.11", 0, "10.0.2.21", 0),
      "ip.addr == 10.0.1.11 && ip.addr == 10.0.2.21 && ip.proto == 47",
      "host 10.0.1.11 and host 10.0.2.21 and ip proto 47",
    ],
  ])("%s %j", (protocol, tuple, display, capture) => {
    expect(displayFilter(protocol, tuple)).toBe(display);
    expect(captureFilter(protocol, tuple)).toBe(capture);
  });
});

describe("commands", () => {
  const seenAt = (
    vantagePoint: string,
    kind?: string,
  ): ReportConnection["observations"][number] => ({
    vantagePoint,
    ...leg("10.244.0.5", 1, "10.244.1.7", 80),
    records: { orig: 1, resp: 1 },
    bytes: { orig: 1, resp: 1 },
    firstRecord: 1,
    firstSeen: "2026-11-20T09:00:00.000000000Z",
    lastSeen: "2026-11-20T09:00:00.000000000Z",
    ...(kind === undefined ? {} : { encapsulation: { kind, depth: 1 } }),
  });

  function commands(file: string, format: string, kind?: string, tunnelPort?: number) {
    const a = partyOf("pod", "10.244.0.5", { port: 1 });
    const inner = connectionOf("conn-1", "x", a, partyOf("pod", "10.244.1.7", { port: 80 }), {
      observations: [seenAt("v1", kind)],
    });
    const outer = connectionOf(
      "conn-2",
      "overlay-tunnel",
      partyOf("node", "10.0.1.17"),
      partyOf("node", "10.0.2.17", { port: tunnelPort ?? null }),
      { protocol: "udp", observations: [seenAt("v1")] },
    );
    const plain = reportOf({ connections: tunnelPort === undefined ? [inner] : [inner, outer] });
    const report: Report = {
      ...plain,
      inputs: [{ file, kind: "capture", format, bytes: 1 }],
      captures: [
        {
          id: "c1",
          file,
          format: "pcap",
          linkTypes: [],
          records: 1,
          bytes: 1,
          capturedBytes: 1,
          firstSeen: null,
          lastSeen: null,
          snaplen: 0,
          diagnostics: [],
        },
      ],
      vantagePoints: [{ id: "v1", capture: "c1", kind: "node-eni", because: "" }],
    };
    const [filter] = legFilters(report, inner);
    return filter!;
  }

  it("quote names for a shell, and never let one become an option", () => {
    const quoted = commands("it's $(here).pcap", "pcap");
    expect(quoted.tcpdump).toMatch(/^tcpdump -nn -r 'it'\\''s \$\(here\)\.pcap' 'host /);
    expect(commands("-w.pcap", "pcap").tshark).toContain("-r ./-w.pcap ");
  });

  it("unpack for tcpdump what podpath reads packed", () => {
    expect(commands("a.pcap.gz", "pcap+gzip").tcpdump).toMatch(
      /^gzip -dc a\.pcap\.gz \| tcpdump -nn -r - /,
    );
    expect(commands("b.tgz:x/a.pcap", "pcap").note).toBe("unpack it first: tar -xf b.tgz");
    expect(commands("b.tgz:x/a.pcap", "pcap").tshark).toContain("-r x/a.pcap ");
    expect(commands("-", "pcap").note).toMatch(/standard input/);
  });

  it("look for the outer packets where tcpdump cannot look inside, and tell tshark the port", () => {
    const odd = commands("a.pcap", "pcap", "vxlan", 8472);
    expect(odd.captureFilter).toBe("udp port 8472");
    expect(odd.tshark).toContain(" -d udp.port==8472,vxlan -Y 'ip.addr == 10.244.0.5");
    expect(odd.note).toMatch(/do not look inside a tunnel/);
    expect(commands("a.pcap", "pcap", "vxlan", 4789).tshark).not.toContain(" -d ");
    expect(commands("a.pcap", "pcap", "geneve").captureFilter).toBe("udp port 6081");
    expect(commands("a.pcap", "pcap", "ipip").captureFilter).toBe("ip proto 4");
    expect(commands("a.pcap", "pcap", "gre").captureFilter).toBe("ip proto 47");
  });
});
