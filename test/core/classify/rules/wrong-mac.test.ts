import { describe, expect, test } from "vitest";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, MAC, STATES, statesWith, VETH } from "../../../support/snapshot.ts";

const FLOW = "10.0.1.11:40000 > 203.0.113.9:443";

/** web-a sends a SYN to this link address. */
function sent(
  macDst: string | null,
  answer?: ReturnType<typeof synAck>,
  snapshot = cluster(),
): Sightings {
  const seen = new Sightings(snapshot);
  const fields = { tcpFlags: SYN, macSrc: MAC.webA, macDst };
  seen.see(seen.at(`n1/${VETH.webA}`), FLOW, syn(1, fields), answer);
  return seen;
}

describe("wrong-mac", () => {
  test("is a frame to an address that no interface of the node has", () => {
    const [match] = sent("ea:ff:ff:ff:ff:01").found("wrong-mac");
    expect(match?.level).toBe("warning");
    expect(match?.evidence[0]?.statement).toContain(
      `sent to ea:ff:ff:ff:ff:01 at n1/${VETH.webA}, which is none of the 4 link addresses of n1`,
    );
    expect(match?.evidence[0]?.packets).toEqual([{ capture: 0, record: 1 }]);
  });
  test("is not a frame to the veth's own address, to everybody, or without one", () => {
    expect(sent(MAC.webAHost).found("wrong-mac")).toEqual([]);
    expect(sent("ff:ff:ff:ff:ff:ff").found("wrong-mac")).toEqual([]);
    expect(sent(null).found("wrong-mac")).toEqual([]);
  });
  test("is not told from a list without link addresses", () => {
    const interfaces = STATES.n1.interfaces.map(({ mac, ...rest }, i) =>
      i === 0 && mac !== undefined ? { ...rest, mac } : rest,
    );
    const snapshot = cluster({ nodeStates: statesWith("n1", { interfaces }) });
    expect(sent("ea:ff:ff:ff:ff:01", undefined, snapshot).found("wrong-mac")).toEqual([]);
  });
  test("is not a frame that the node took all the same", () => {
    expect(sent("ea:ff:ff:ff:ff:01", synAck(2)).found("wrong-mac")).toEqual([]);
    const seen = sent("ea:ff:ff:ff:ff:01");
    seen.see(seen.at("n1/eth0"), "10.0.1.10:5000 > 203.0.113.9:443", syn(1, { atMs: 0.1 }));
    expect(seen.found("wrong-mac")).toEqual([]);
  });
});
