import { describe, expect, test } from "vitest";
import { Sightings, SYN, syn, synAck } from "../../../support/flow.ts";
import { cluster, VETH } from "../../../support/snapshot.ts";

const ports = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** web-a dials one server; n1 gives each connection one of these ports, and those that `answers` holds for are answered. */
function dialled(snatPorts: readonly number[], answers: (port: number) => boolean): Sightings {
  const seen = new Sightings(cluster());
  const veth = seen.at(`n1/${VETH.webA}`);
  const eth0 = seen.at("n1/eth0");
  for (const [i, port] of snatPorts.entries()) {
    const isn = 1000 * (i + 1);
    const sent = syn(isn, { tcpFlags: SYN, atMs: i, records: 2, retransmissions: 1 });
    const answer = answers(port) ? synAck(isn + 500, { atMs: i + 0.5 }) : undefined;
    seen.see(veth, `10.0.1.11:${40000 + i} > 203.0.113.9:443`, sent, answer);
    seen.see(eth0, `10.0.1.10:${port} > 203.0.113.9:443`, { ...sent, atMs: i + 0.1 }, answer);
  }
  return seen;
}

const low = ports(2000, 8);
const high = ports(50_000, 8);
const isHigh = (port: number) => port >= 32_768;

describe("low-port-failures", () => {
  test("is every low port without an answer and every high port with one", () => {
    const [match] = dialled([...low, ...high], isHigh).found("low-port-failures");
    expect(match?.level).toBe("warning");
    expect(match?.connections).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(match?.evidence).toHaveLength(4);
  });
  test("is not told with one low port that was answered, or one high port that was not", () => {
    const oneLow = dialled([...low, ...high], (port) => isHigh(port) || port === 2003);
    expect(oneLow.found("low-port-failures")).toEqual([]);
    const oneHigh = dialled([...low, ...high], (port) => isHigh(port) && port !== 50_003);
    expect(oneHigh.found("low-port-failures")).toEqual([]);
  });
  test("is not told from few", () => {
    const few = dialled([...low.slice(1), ...high], isHigh);
    expect(few.found("low-port-failures")).toEqual([]);
  });
});
