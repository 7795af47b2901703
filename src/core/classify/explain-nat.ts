/** Names the iptables rule that did a rewrite, when the node's nat table is in the snapshot and one rule explains it. */
import type { ClusterSnapshot, IptablesRule, NodeState } from "../cluster/snapshot.ts";
import type { Connection, FiveTuple, NatStep } from "../correlate/connection.ts";
import { findNatRule, possibleMark, type WalkedPacket } from "./iptables-walk.ts";
import type { NatRule } from "./rule.ts";
import { sightingsOf } from "./subject.ts";

export function explainNat(
  step: NatStep,
  connection: Connection,
  snapshot: ClusterSnapshot,
): NatRule | null {
  const state = snapshot.nodeStates.find((one) => one.node !== null && one.node === step.node);
  if (state === undefined || state.iptables.length === 0) return null;
  const inInterface = interfaceAt(connection, step.before, step.node);
  const outInterface = interfaceAt(connection, step.after, step.node);
  const rule =
    step.kind === "snat"
      ? findNatRule(
          state,
          "POSTROUTING",
          {
            protocol: connection.protocol,
            source: step.before.orig,
            destination: step.after.resp,
            inInterface: null,
            outInterface,
            ...markOf(step, connection, state),
          },
          (one) => givesSource(one, step),
        )
      : findNatRule(state, "PREROUTING", before(step, connection, inInterface), (one) =>
          givesDestination(one, step),
        );
  return rule === null ? null : { text: rule.text, ref: rule.ref };
}

/** The mark was given to the packet as it came in: before a DNAT that this node did as well. */
function markOf(
  step: NatStep,
  connection: Connection,
  state: NodeState,
): Pick<WalkedPacket, "possibleMark"> {
  const until = connection.nat.indexOf(step);
  const arrivals = connection.nat
    .slice(0, until + 1)
    .filter(({ node }) => node === step.node)
    .map((one) => before(one, connection, interfaceAt(connection, one.before, step.node)));
  const bits = possibleMark(state, arrivals);
  return bits === undefined ? {} : { possibleMark: bits };
}

function before(step: NatStep, connection: Connection, inInterface: string | null): WalkedPacket {
  return {
    protocol: connection.protocol,
    source: step.before.orig,
    destination: step.before.resp,
    inInterface,
    outInterface: null,
  };
}

function givesSource(rule: IptablesRule, step: NatStep): boolean {
  if (rule.target === "MASQUERADE") return true;
  return rule.target === "SNAT" && addressOf(rule.toSource) === step.after.orig.address;
}

function givesDestination(rule: IptablesRule, step: NatStep): boolean {
  if (rule.target !== "DNAT" || rule.toDestination === undefined) return false;
  const { address, port } = step.after.resp;
  const [wanted, withPort] = [
    rule.toDestination,
    address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`,
  ];
  return wanted === withPort || (wanted === address && step.before.resp.port === port);
}

/** "10.0.1.10", "10.0.1.10:1024-65535" -> address. */
function addressOf(text: string | undefined): string | null {
  return text === undefined
    ? null
    : (/^\[?([0-9a-f.:]+?)\]?(:\d+(-\d+)?)?$/i.exec(text)?.[1] ?? null);
}

/** Interface of the node at which a tuple was seen, when only one such interface is known. */
function interfaceAt(connection: Connection, tuple: FiveTuple, node: string | null): string | null {
  const names = new Set(
    sightingsOf(connection, tuple)
      .filter((one) => one.vantagePoint.node === node)
      .map((one) => one.vantagePoint.interface),
  );
  const [name] = names;
  return names.size === 1 && name !== undefined ? name : null;
}
