import { natEvidence } from "../evidence.ts";
import { indexes } from "../finding-group.ts";
import type { Classified, FindingMatch, FindingRule } from "../rule.ts";
import { endpointText, MAX_EVIDENCE } from "../sightings.ts";
import { rewritesSource } from "../subject.ts";
import { NOT_ALONE } from "../traits.ts";

/** Half of 1024-65535, which MASQUERADE chooses from for one destination (Linux nf_nat_core.c). */
const PORTS = 32_256;
/** A closed connection keeps its port so long (nf_conntrack_tcp_timeout_time_wait). */
const WINDOW_NS = 120_000_000_000n;

interface PortUse {
  readonly at: bigint;
  readonly one: Classified;
}

export const snatPortPressure: FindingRule = {
  level: "warning",
  concerns: NOT_ALONE,
  meta: {
    id: "snat-port-pressure",
    title: "SNAT is running out of ports towards one destination",
    why: "When all ports are taken new connections to that destination fail, while everything else works.",
    proves:
      "Within two minutes, the time a closed connection keeps its port, one address opened connections from more than half of all ports to one destination.",
    doesNotProve:
      "That any connection failed; or the exact limit, which a NAT gateway sets differently (55,000 for each destination and address).",
    confirm: "conntrack -S; conntrack -L -d ADDRESS | wc -l; CloudWatch ErrorPortAllocation",
    sources: ["Linux net/netfilter/nf_nat_core.c", "VPC user guide: NAT gateway basics"],
  },
  find(classified) {
    const byDestination = new Map<string, PortUse[]>();
    for (const one of classified) {
      for (const step of one.subject.connection.nat.filter(rewritesSource)) {
        const { orig, resp } = step.after;
        const key = `${orig.address} → ${one.subject.connection.protocol} ${endpointText(resp)}`;
        const use = { at: one.subject.connection.firstSeenNs, one };
        const known = byDestination.get(key);
        if (known === undefined) byDestination.set(key, [use]);
        else known.push(use);
      }
    }
    return [...byDestination].flatMap(([key, uses]) => pressureOf(key, uses));
  },
};

function pressureOf(key: string, uses: readonly PortUse[]): FindingMatch[] {
  if (uses.length < PORTS) return [];
  const most = mostAtOnce(uses);
  if (most < PORTS) return [];
  const members = uses.map(({ one }) => one);
  return [
    {
      level: "warning",
      connections: indexes(members),
      message: `${key}: ${most} connections within two minutes, of 64512 ports.`,
      advice:
        "Keep connections open (pools, keep-alive), spread them over more destination addresses or nodes, or let pods leave through several NAT gateway addresses.",
      evidence: members
        .slice(0, MAX_EVIDENCE)
        .flatMap((one) => one.subject.connection.nat.filter(rewritesSource).slice(0, 1))
        .map(natEvidence),
      identity: key,
    },
  ];
}

/** Most connections opened within one window. */
function mostAtOnce(uses: readonly PortUse[]): number {
  const times = uses.map(({ at }) => at).sort((x, y) => (x < y ? -1 : x > y ? 1 : 0));
  let most = 0;
  let first = 0;
  for (const [last, at] of times.entries()) {
    while ((times[first] ?? at) < at - WINDOW_NS) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
