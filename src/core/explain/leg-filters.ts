/** The filters that show one leg of a connection in tshark, Wireshark and tcpdump. */
import { type ConnectionLeg, tupleKey } from "../report/connection-legs.ts";
import type { Report, ReportConnection, ReportObservation } from "../report/report.ts";
import { shellWord } from "../report/shell-word.ts";
import { type Reading, reading, tcpdumpCommand, tsharkCommand } from "./capture-reading.ts";
import type { LegFilter } from "./explanation.ts";
import { tupleWords } from "./plain-words.ts";
import { type TunnelsAt, tunnelsAt } from "./tunnels-at.ts";

const WITH_PORTS: ReadonlySet<string> = new Set(["tcp", "udp", "sctp"]);

/** Wireshark's display filter for both directions of a tuple (wireshark-filter(4)). */
export function displayFilter(protocol: string, { orig, resp }: ConnectionLeg): string {
  const family = orig.address.includes(":") ? "ipv6" : "ip";
  // One field may match either end of a packet, so that equal values need both ends named.
  const ends = (field: string, source: string, a: string, b: string, target: string): string =>
    a === b ? `${source} == ${a} && ${target} == ${a}` : `${field} == ${a} && ${field} == ${b}`;
  const addresses = ends(
    `${family}.addr`,
    `${family}.src`,
    orig.address,
    resp.address,
    `${family}.dst`,
  );
  if (WITH_PORTS.has(protocol)) {
    const ports = ends(
      `${protocol}.port`,
      `${protocol}.srcport`,
      String(orig.port ?? 0),
      String(resp.port ?? 0),
      `${protocol}.dstport`,
    );
    return `${addresses} && ${ports}`;
  }
  return `${addresses} && ${displayProtocol(protocol, family, orig.port ?? 0)}`;
}

function displayProtocol(protocol: string, family: "ip" | "ipv6", identifier: number): string {
  if (protocol === "icmp") return identifier === 0 ? "icmp" : `icmp.ident == ${identifier}`;
  if (protocol === "icmpv6")
    return identifier === 0 ? "icmpv6" : `icmpv6.echo.identifier == ${identifier}`;
  const number = protocol.replace(/^ip/, "");
  return family === "ip" ? `ip.proto == ${number}` : `ipv6.nxt == ${number}`;
}

/** The same for tcpdump (pcap-filter(7)). */
export function captureFilter(protocol: string, { orig, resp }: ConnectionLeg): string {
  const six = orig.address.includes(":");
  const hosts =
    orig.address === resp.address
      ? `src host ${orig.address} and dst host ${orig.address}`
      : `host ${orig.address} and host ${resp.address}`;
  if (WITH_PORTS.has(protocol)) {
    const [a, b] = [orig.port ?? 0, resp.port ?? 0];
    const ports =
      a === b
        ? `${protocol} src port ${a} and ${protocol} dst port ${a}`
        : `${protocol} port ${a} and ${protocol} port ${b}`;
    return `${hosts} and ${ports}`;
  }
  const identifier = orig.port ?? 0;
  // Multicast listener reports stand behind a hop-by-hop header, where `icmp6` does not look (RFC 3810 section 5).
  if (protocol === "icmpv6" && identifier === 0) return `ip6 and ${hosts}`;
  if (protocol === "icmp" || protocol === "icmpv6") {
    const name = protocol === "icmp" ? "icmp" : "icmp6";
    // Bytes 4 and 5 of an echo are its identifier (RFC 792, RFC 4443 section 4.1).
    return `${hosts} and ${name}${identifier === 0 ? "" : ` and ${name}[4:2] == ${identifier}`}`;
  }
  return `${hosts} and ${six ? "ip6" : "ip"} proto ${protocol.replace(/^ip/, "")}`;
}

/** One entry for each leg in each capture, in path order. */
export function legFilters(
  report: Report,
  connection: ReportConnection,
  tunnels = tunnelsAt(report),
): LegFilter[] {
  const captureOf = new Map(report.vantagePoints.map(({ id, capture }) => [id, capture]));
  const groups = new Map<string, { capture: string; seen: ReportObservation[] }>();
  for (const one of connection.observations) {
    const capture = captureOf.get(one.vantagePoint) ?? "";
    const tunnel = one.encapsulation?.kind ?? "";
    const key = `${capture} ${tunnel} ${tupleKey(one)}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { capture, seen: [one] });
    else group.seen.push(one);
  }
  const files = new Map(report.captures.map(({ id, file }) => [id, file]));
  return [...groups.values()].flatMap(({ capture, seen }) => {
    const file = files.get(capture);
    return file === undefined
      ? []
      : legFilter(connection.protocol, { capture, file, seen }, reading(report, file), tunnels);
  });
}

interface LegInCapture {
  readonly capture: string;
  readonly file: string;
  readonly seen: readonly ReportObservation[];
}

function legFilter(
  protocol: string,
  { capture, file, seen }: LegInCapture,
  from: Reading,
  tunnels: (vantagePoint: string) => TunnelsAt,
): LegFilter[] {
  const [first] = seen;
  if (first === undefined) return [];
  const display = displayFilter(protocol, first);
  const tunnel =
    first.encapsulation === undefined ? null : outerOf(first, tunnels(first.vantagePoint));
  const filter = tunnel === null ? captureFilter(protocol, first) : tunnel.captureFilter;
  const notes = [
    ...(tunnel === null
      ? []
      : ["tcpdump finds the outer packets: its filters do not look inside a tunnel"]),
    ...from.notes,
  ];
  const asTunnel = tunnel?.decodeAs === undefined ? "" : `-d ${tunnel.decodeAs} `;
  return [
    {
      capture,
      file,
      leg: tupleWords(protocol, first),
      vantagePoints: [...new Set(seen.map(({ vantagePoint }) => vantagePoint))],
      displayFilter: display,
      tshark: tsharkCommand(from, `${asTunnel}-Y ${shellWord(display)}`),
      captureFilter: filter,
      tcpdump: tcpdumpCommand(from, shellWord(filter)),
      ...(notes.length === 0 ? {} : { note: notes.join("; ") }),
    },
  ];
}

const IP_PROTOCOL: Readonly<Record<string, number>> = {
  gre: 47,
  "gre-teb": 47,
  ipip: 4,
  "6in4": 41,
};
/** UDP ports that Wireshark itself takes for the tunnel (IANA). */
const OWN_PORT: Readonly<Record<string, number>> = { vxlan: 4789, geneve: 6081 };

/** How the packets around an inner leg are found. The port is that of the tunnels seen at the same place, if there is one. */
function outerOf(
  { encapsulation }: ReportObservation,
  { ports, around }: TunnelsAt,
): { readonly captureFilter: string; readonly decodeAs?: string } {
  const { kind = "", depth = 0 } = encapsulation ?? {};
  const number = IP_PROTOCOL[kind];
  if (number !== undefined) return { captureFilter: `ip proto ${number}` };
  const [only] = ports;
  const own = OWN_PORT[kind];
  const port = ports.size === 1 && only !== undefined && only !== null ? only : own;
  if (port === undefined) return { captureFilter: "udp" };
  // A tunnel that came in a mirror session's: tcpdump sees the outermost packets only.
  const outer = depth > 1 ? OWN_PORT[around ?? ""] : undefined;
  return {
    captureFilter: `udp port ${outer ?? port}`,
    ...(port === own ? {} : { decodeAs: `udp.port==${port},${kind}` }),
  };
}
