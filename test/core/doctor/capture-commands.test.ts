/**
 * Goal: "what would decide" becomes something to paste. Method: the words that the path rules use, each with the commands that it
 * must give; names that are only a part of another name must give none.
 */
import { describe, expect, it } from "vitest";
import { captureNode, commandsFor, nodeOutput } from "../../../src/core/doctor/capture-commands.ts";

const NAMES = {
  nodes: ["ip-10-0-1-17.ec2.internal", "n1"],
  pods: ["default/web-0", "default/web"],
};
const N1 = NAMES.nodes[0] ?? "";
const commands = (words: string) => commandsFor(words, NAMES).map(({ command }) => command);

const TCPDUMP =
  /^sudo tcpdump -i any -n --immediate-mode -U -s 256 -B 8192 -w \/tmp\/ip-10-0-1-17\./;
const CONNTRACK = /^sudo conntrack -L -o extended > ip-10-0-1-17\.ec2\.internal\.conntrack\.txt$/;
const IN_POD = [
  /^kubectl debug -n default web-0 -c capture /,
  /^kubectl exec -n default web-0 -c capture -- tcpdump -i eth0 .* > pod\.web-0\.eth0\.pcap$/,
];

describe("what would decide, as commands", () => {
  it.each([
    [`a capture of the primary ENI of ${N1}, or \`conntrack -L\` there`, [TCPDUMP, CONNTRACK]],
    [`\`conntrack -L\` of ${N1}, or captures of its pods' interfaces`, [TCPDUMP, CONNTRACK]],
    [`\`conntrack -L\` of ${N1}`, [CONNTRACK]],
    [`a capture of the ENIs of ${N1}, where a rewritten source would show`, [TCPDUMP]],
    [`capture -i any on node ${N1}`, [TCPDUMP]],
    [`iptables-save of node ${N1}.`, [/^sudo iptables-save > /]],
    ["a capture at the interface of default/web-0, where a service address would show", IN_POD],
    ["captures at the interfaces of default/web-0 and n1", IN_POD],
    [
      "aws ec2 describe-vpcs and describe-vpc-peering-connections: whose address it is",
      [/^aws ec2 describe-vpcs > /, /^aws ec2 describe-vpc-peering-connections > /],
    ],
    [
      "a snapshot of the cluster: kubectl get pods,nodes,svc -A -o json and aws ec2 describe-network-interfaces",
      [
        /^kubectl get pods,nodes,svc -A -o json > pods-nodes-svc\.json$/,
        /describe-network-interfaces/,
      ],
    ],
    [
      "kubectl get svc -A -o json: whether the port is a NodePort",
      [/^kubectl get svc -A -o json > svc\.json$/],
    ],
    [
      "aws elbv2 describe-target-health of the NLB's target groups",
      [
        /^for arn in .*; do aws elbv2 describe-target-health --target-group-arn "\$arn" > .*; done$/,
      ],
    ],
    ["the NLB's access log or VPC flow log for this client port", []],
    ["a capture of the ENIs of ip-10-0-1-170.ec2.internal", []],
    ["a capture at the endpoint's interface", []],
  ])("%s", (words, expected) => {
    const given = commands(words);
    expect(given).toHaveLength(expected.length);
    for (const [i, pattern] of expected.entries()) expect(given[i]).toMatch(pattern);
  });
});

describe("names in commands", () => {
  it("lead to no other folder and start no other command", () => {
    const { where, command } = captureNode("../../etc/$(id)");
    expect(where).toBe("on node ../../etc/$(id)");
    expect(command).toMatch(/ -w \/tmp\/[\w.-]+\.any\.pcap$/);
    expect(nodeOutput("iptables", "a; b")?.command).toBe("sudo iptables-save > a__b.iptables.txt");
  });

  it("are quoted for the shell where they must stand as they are", () => {
    const hostile = "default/x;reboot";
    const given = commandsFor(`a capture of ${hostile.replace(";", " ")}`, {
      nodes: [],
      pods: [hostile],
    });
    expect(given).toEqual([]);
    const quoted = commandsFor("a capture of default/$(id)", {
      nodes: [],
      pods: ["default/$(id)"],
    });
    for (const { command } of quoted) expect(command).not.toMatch(/(?<!')\$\(id\)/);
  });

  it("know no output that a node cannot give", () => {
    expect(nodeOutput("kubectl-json", "n1")).toBeNull();
  });
});
