/**
 * Goal: who finds nothing of a pod on eth0 is told why. Method: a pod of the example cluster whose address belongs to the second
 * ENI of its node, with and without the node's policy routing.
 */
import { describe, expect, it } from "vitest";
import { oneConnection, type Sighting } from "../../support/flow.ts";
import { cluster, statesWith } from "../../support/snapshot.ts";
import { loadText } from "../cluster/load-text.ts";

const FLOW = "10.0.1.21:4000 > 10.0.2.51:8080";
const AT_POD: Sighting = ["pod:default/web-b", FLOW, 64, 62];
const AT_ETH1: Sighting = ["n1/eth1", FLOW, 63, 63];
const AT_PEER: Sighting = ["pod:default/api-c", FLOW, 62, 64];

const ROUTES = `default via 10.0.1.1 dev eth1 table 2
10.0.1.1 dev eth1 table 2 scope link
default via 10.0.1.1 dev eth0
`;

function routed(rules: string) {
  const { nodeStates } = loadText(`${rules}`).snapshot;
  const told = loadText(ROUTES).snapshot.nodeStates;
  return statesWith("n1", {
    rules: nodeStates.flatMap((state) => state.rules),
    routes: told.flatMap((state) => state.routes),
  });
}

function explanations(rules: string, ...sightings: Sighting[]) {
  const nodeStates = rules === "" ? {} : { nodeStates: routed(rules) };
  const [one] = oneConnection(cluster(nodeStates), sightings).classify().classified;
  return (one?.verdict.evidence ?? []).filter(({ statement }) => /secondary ENI/.test(statement));
}

const RULES = `0:	from all lookup local
512:	from all to 10.0.1.21 lookup main
1024:	from all fwmark 0x80/0x80 lookup main
1536:	from 10.0.1.21 lookup 2
32766:	from all lookup main
`;

describe("a pod on a secondary ENI", () => {
  it("is explained by the rule and the packet that obeyed it", () => {
    const [why, ...more] = explanations(RULES, AT_POD, AT_ETH1, AT_PEER);
    expect(more).toEqual([]);
    expect(why?.statement).toBe(
      '10.0.1.21 belongs to secondary ENI eni-n1-1 (device index 1), so ip rule "1536: from 10.0.1.21 lookup 2" sends its packets out of eth1 and not out of eth0: as the CNI sets it up',
    );
    expect(why?.packets).toEqual([{ capture: 1, record: expect.any(Number) }]);
    expect(why?.snapshot.map(({ line }) => line)).toContain(4);
  });

  it("is explained by its ENI alone where the node's rules are not known", () => {
    const [why] = explanations("", AT_POD, AT_ETH1, AT_PEER);
    expect(why?.statement).toContain("so its packets leave through that ENI and not through eth0");
  });

  it.each([
    ["from 10.0.1.21 to 10.0.0.0/16 lookup 2", true],
    ["from 10.0.1.21 to 10.9.0.0/16 lookup 2", false],
    ["from 10.0.1.22 lookup 2", false],
    ["from 10.0.1.21 lookup 3", false],
  ])("is explained by `%s`: %s", (rule, named) => {
    const [why] = explanations(`0:	from all lookup local\n1536:	${rule}\n`, AT_POD, AT_ETH1);
    expect(why?.statement.includes("ip rule")).toBe(named);
  });

  it("is not explained when its packets left through eth0 all the same", () => {
    expect(explanations(RULES, AT_POD, ["n1/eth0", FLOW, 63, 63], AT_PEER)).toEqual([]);
  });

  it("needs no explanation when both pods are on one node", () => {
    const local = "10.0.1.21:4000 > 10.0.1.11:8080";
    const seen = explanations(
      RULES,
      ["pod:default/web-b", local, 64, 63],
      ["pod:default/web-a", local, 63, 64],
    );
    expect(seen).toEqual([]);
  });
});

it("a pod on the primary ENI needs no explanation", () => {
  const flow = "10.0.1.11:4000 > 10.0.2.51:8080";
  expect(explanations(RULES, ["pod:default/web-a", flow, 64, 62])).toEqual([]);
});
