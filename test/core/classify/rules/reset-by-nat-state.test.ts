import { describe, expect, test } from "vitest";
import { ACK, RST, Sightings, segments, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const SERVICE = "10.0.1.11:40000 > 10.100.0.50:80";
const SERVER = "10.0.1.11:40000 > 10.0.1.21:8080";
const BACK = "10.0.1.21:8080 > 10.0.1.11:40000";
const reset = { tcpFlags: RST, atMs: 11, resets: 1, resetRecord: 9 };

/** web-a dials the service, n1 translates it to web-b. */
function dialled(): { seen: Sightings; veth: ReturnType<Sightings["at"]> } {
  const seen = new Sightings(cluster());
  const veth = seen.at(`n1/${VETH.webA}`);
  seen.see(veth, SERVICE, syn(1), synAck(900));
  seen.see(seen.at(`n1/${VETH.webB}`), SERVER, syn(1, { atMs: 0.1 }), synAck(900, { atMs: 0.1 }));
  return { seen, veth };
}

describe("reset-by-nat-state", () => {
  test("is an answer with the server's address at the client, which resets it", () => {
    const { seen, veth } = dialled();
    seen.see(veth, BACK, segments(950, 1000, { atMs: 10 }), reset);
    const [match] = seen.found("reset-by-nat-state");
    expect(match?.level).toBe("warning");
    expect(match?.evidence.at(-1)?.packets).toEqual([{ capture: 0, record: 9 }]);
  });
  test("is told from the endpoint slices when the server's side was not captured", () => {
    const seen = new Sightings(cluster());
    const veth = seen.at(`n1/${VETH.webA}`);
    seen.see(veth, SERVICE, syn(1), synAck(900));
    seen.see(veth, BACK, segments(950, 1000, { atMs: 10 }), reset);
    expect(seen.found("reset-by-nat-state")).toHaveLength(1);
  });
  test("is not a reset of somebody whom the service does not lead to", () => {
    const seen = new Sightings(cluster());
    const veth = seen.at(`n1/${VETH.webA}`);
    seen.see(veth, SERVICE, syn(1), synAck(900));
    const other = "10.0.2.51:8080 > 10.0.1.11:40000";
    seen.see(veth, other, segments(950, 1000, { atMs: 10 }), reset);
    expect(seen.found("reset-by-nat-state")).toEqual([]);
  });
  test("is not an answer that the client took", () => {
    const { seen, veth } = dialled();
    seen.see(veth, BACK, segments(950, 1000, { atMs: 10 }), { tcpFlags: ACK, atMs: 11 });
    expect(seen.found("reset-by-nat-state")).toEqual([]);
  });
  test("is not a reset of the service's own answers", () => {
    const seen = new Sightings(cluster());
    const fields = { tcpFlags: RST, resets: 1, resetRecord: 9 };
    seen.see(seen.at(`n1/${VETH.webA}`), SERVICE, syn(1, fields), synAck(900));
    seen.see(seen.at(`n1/${VETH.webB}`), SERVER, syn(1, { ...fields, atMs: 0.1 }), synAck(900));
    expect(seen.found("reset-by-nat-state")).toEqual([]);
  });
  test("is not a pod that is its own server and sees both addresses", () => {
    const seen = new Sightings(cluster());
    const veth = seen.at(`n1/${VETH.webB}`);
    seen.see(veth, "10.0.1.21:40000 > 10.100.0.50:80", syn(1, reset), synAck(900));
    seen.see(veth, "10.0.1.21:40000 > 10.0.1.21:8080", syn(1, { ...reset, atMs: 1 }), synAck(900));
    expect(seen.found("reset-by-nat-state")).toEqual([]);
  });
});
