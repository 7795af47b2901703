// A packet seen at four places is one packet: the series must come from one place, whole and the right way round.
import { describe, expect, it } from "vitest";
import type { FlowThroughput } from "../../../src/core/flow/flow-observation.ts";
import { Sightings, START_NS, syn, synAck } from "../../support/flow.ts";
import { cluster } from "../../support/snapshot.ts";

const MS = 1_000_000n;
const series = (fields: Partial<FlowThroughput> = {}): FlowThroughput => ({
  startNs: START_NS,
  bucketNs: MS,
  forward: [100, 200],
  backward: [1, 2],
  ...fields,
});
const tuple = "10.0.1.11:40000 > 10.0.2.51:8080";

describe("bytes over time of a connection", () => {
  it("are those of the place that saw most", () => {
    const seen = new Sightings(cluster());
    const big = { bytes: 5000 };
    seen.see(seen.at("n1/eth0"), tuple, syn(1), synAck(2), { throughput: series() });
    const more = series({ forward: [5000, 0] });
    seen.see(seen.at("n2/eth0"), tuple, syn(1, big), synAck(2), { throughput: more });
    const { throughput } = seen.connection;
    expect(throughput?.vantagePoint.id).toBe("n2/eth0");
    expect(throughput).toMatchObject({ orig: [5000, 0], resp: [1, 2] });
  });

  it("follow the originator, whoever sent the first packet that was seen", () => {
    const seen = new Sightings(cluster());
    const back = "10.0.2.51:8080 > 10.0.1.11:40000";
    seen.see(seen.at("n2/eth0"), back, synAck(2), syn(1), { throughput: series() });
    expect(seen.connection.throughput).toMatchObject({ orig: [1, 2], resp: [100, 200] });
  });

  it("are put together of the one-way taps of one place, in the wider buckets", () => {
    const seen = new Sightings(cluster());
    const out = seen.at("n1/eth0");
    const back = seen.tap({ capture: out.capture });
    const late = series({ startNs: START_NS + 4n * MS, bucketNs: 4n * MS, forward: [70, 80] });
    seen.see(out, tuple, syn(1), undefined, {
      throughput: series({ forward: [1, 2, 3, 4, 5], backward: [0, 0, 0, 0, 0] }),
    });
    seen.see(back, "10.0.2.51:8080 > 10.0.1.11:40000", synAck(2), undefined, {
      throughput: { ...late, backward: [0, 0] },
    });
    expect(seen.connection.throughput).toMatchObject({
      startNs: START_NS,
      bucketNs: 4n * MS,
      orig: [10, 5, 0],
      resp: [0, 70, 80],
    });
  });

  it("stay short when the clock of one tap is years off", () => {
    const seen = new Sightings(cluster());
    const out = seen.at("n1/eth0");
    const back = seen.tap({ capture: out.capture });
    seen.see(out, tuple, syn(1), undefined, { throughput: series({ backward: [0, 0] }) });
    seen.see(back, "10.0.2.51:8080 > 10.0.1.11:40000", synAck(2), undefined, {
      throughput: series({ startNs: 5n, backward: [0, 0] }),
    });
    const { orig = [], resp = [] } = seen.connection.throughput ?? {};
    expect(orig.length).toBeLessThanOrEqual(128);
    expect(orig.reduce((a, b) => a + b)).toBe(300);
    expect(resp.reduce((a, b) => a + b)).toBe(300);
  });

  it("are none where no place has any", () => {
    const seen = new Sightings(cluster());
    seen.see(seen.at("n1/eth0"), tuple, syn(1), synAck(2));
    expect(seen.connection.throughput).toBeNull();
  });
});
