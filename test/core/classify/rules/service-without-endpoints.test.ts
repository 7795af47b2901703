import { describe, expect, test } from "vitest";
import type { NodeState } from "../../../../src/core/cluster/snapshot.ts";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, ref, service, statesWith, VETH } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 10.100.0.99:80";
const EMPTY = service("default/empty", "10.100.0.99", [{ protocol: "TCP", port: 80 }]);
const REJECT: NodeState["iptables"][number] = {
  table: "filter",
  chain: "KUBE-SERVICES",
  position: 0,
  target: "REJECT",
  destination: { negated: false, cidr: "10.100.0.99/32" },
  destinationPort: { negated: false, first: 80, last: 80 },
  comment: "default/empty:http has no endpoints",
  random: false,
  otherMatches: [],
  text: "-A KUBE-SERVICES -d 10.100.0.99/32 ... -j REJECT",
  ref: ref("iptables-save.txt", 28),
};

function dialled(
  fields: Parameters<typeof cluster>[0] = {},
  answer?: ReturnType<typeof synAck>,
): Sightings {
  const seen = new Sightings(cluster({ services: [...cluster().services, EMPTY], ...fields }));
  const icmpErrors = [{ record: 2, type: 3, code: 3, from: "10.0.1.10" }];
  const veth = seen.at(`n1/${VETH.webA}`);
  seen.see(veth, FLOW, syn(1, { tcpFlags: SYN }), answer, { icmpErrors });
  return seen;
}

describe("service-without-endpoints", () => {
  test("is told by the endpoint slices, which name others", () => {
    const [match] = dialled().found("service-without-endpoints");
    expect(match?.level).toBe("error");
    expect(match?.message).toContain("service default/empty, which has no ready endpoint");
    expect(match?.evidence[1]?.packets).toEqual([
      { capture: 0, record: 1 },
      { capture: 0, record: 2 },
    ]);
  });

  test("is told by kube-proxy's REJECT rule alone", () => {
    const states = statesWith("n1", { iptables: [REJECT] });
    const [match] = dialled({ endpoints: [], nodeStates: states }).found(
      "service-without-endpoints",
    );
    expect(match?.evidence[0]?.statement).toContain("kube-proxy rejects it");
    expect(match?.evidence[0]?.snapshot.at(-1)).toEqual(ref("iptables-save.txt", 28));
  });

  test("takes the place of the refusal and of the ICMP error", () => {
    const seen = dialled();
    expect(seen.findings).toEqual(["service-without-endpoints"]);
  });

  test("is not told by a REJECT rule of another port", () => {
    const other = { ...REJECT, destinationPort: { negated: false, first: 81, last: 81 } };
    const states = statesWith("n1", { iptables: [other] });
    const seen = dialled({ endpoints: [], nodeStates: states });
    expect(seen.found("service-without-endpoints")).toEqual([]);
  });

  test("is not told by a snapshot that has no endpoint slices at all", () => {
    expect(dialled({ endpoints: [] }).found("service-without-endpoints")).toEqual([]);
  });

  test("is not a service that answers", () => {
    expect(dialled({}, synAck(2)).found("service-without-endpoints")).toEqual([]);
  });

  test("is not a service with a ready endpoint that stays silent", () => {
    const seen = new Sightings(cluster());
    const veth = seen.at(`n1/${VETH.webA}`);
    seen.see(veth, "10.0.1.11:40000 > 10.100.0.50:80", syn(1, { tcpFlags: SYN }));
    expect(seen.found("service-without-endpoints")).toEqual([]);
    expect(seen.found("syn-unanswered")).toHaveLength(1);
  });
});
