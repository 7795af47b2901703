import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

/** web-a dials a server directly, and the service from the same port; `moved` is the port that n1 gives the second. */
function dialled(moved: number, atMs: number, server = "10.0.1.21:8080"): Sightings {
  const seen = new Sightings(cluster());
  const webA = seen.at(`n1/${VETH.webA}`);
  const webB = seen.at(`n1/${VETH.webB}`);
  const direct = `10.0.1.11:40000 > ${server}`;
  seen.see(webA, direct, syn(1, { records: 9 }), synAck(2, { atMs: 50 }));
  seen.see(webB, direct, syn(1, { records: 9, atMs: 0.1 }), synAck(2, { atMs: 50 }));
  const sent = syn(7000, { atMs });
  const answer = synAck(8000, { atMs: atMs + 1 });
  seen.see(webA, "10.0.1.11:40000 > 10.100.0.50:80", sent, answer);
  const after = `10.0.1.11:${moved} > 10.0.1.21:8080`;
  seen.see(webB, after, { ...sent, atMs: atMs + 0.1 }, answer);
  return seen;
}

describe("source-port-clash", () => {
  test("is a port that was changed while another connection had it to that server", () => {
    const [match] = dialled(1025, 10).found("source-port-clash");
    expect(match?.level).toBe("note");
    expect(match?.connections).toEqual([1]);
    expect(match?.evidence[1]?.statement).toBe(
      "10.0.1.11:40000 was in use to 10.0.1.21:8080 at the same time, besides 10.100.0.50:80",
    );
  });
  test("is not a port that was changed when nobody had it any more", () => {
    expect(dialled(1025, 5000).found("source-port-clash")).toEqual([]);
  });
  test("is not a port that was in use to another server", () => {
    expect(dialled(1025, 10, "10.0.1.21:9090").found("source-port-clash")).toEqual([]);
  });
});
