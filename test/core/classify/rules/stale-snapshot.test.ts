import { describe, expect, test } from "vitest";
import { Sightings, syn, synAck } from "../../../support/flow.ts";
import { cluster } from "../../../support/snapshot.ts";

/** Captures run from 2023-11-14T22:13:20Z for a minute. */
function takenAt(time: string): Sightings {
  const seen = new Sightings(cluster({ takenAt: time }));
  seen.see(seen.at("n1/eth0"), "10.0.1.11:40000 > 10.0.2.51:8080", syn(1), synAck(2));
  return seen;
}

describe("stale-snapshot", () => {
  test("notes a snapshot that was taken hours before", () => {
    const [match] = takenAt("2023-11-14T20:00:00Z").found("stale-snapshot");
    expect(match?.level).toBe("note");
    expect(match?.message).toBe("The snapshot was taken 2 h before the first packet.");
  });
  test("notes a snapshot that was taken hours after", () => {
    const [match] = takenAt("2023-11-15T01:30:00Z").found("stale-snapshot");
    expect(match?.message).toBe("The snapshot was taken 3 h after the last packet.");
  });
  test.each(["2023-11-14T22:00:00Z", "2023-11-14T23:10:00Z", "yesterday"])(
    "is silent about %s",
    (time) => {
      expect(takenAt(time).found("stale-snapshot")).toEqual([]);
    },
  );
});
