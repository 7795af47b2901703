/** Names the iptables rule that did a rewrite, when the node's nat table is in the snapshot and one rule explains it. */
import type { IptablesRule } from "../cluster/snapshot.ts";
import type { Connection, FiveTuple, NatStep } from "../correlate/connection.ts";
import type { NodeRules } from "../predict/node-rules.ts";
import { type Marks, NO_MARK, UNKNOWN_MARK } from "../predict/packet-mark.ts";
import type { MatchedPacket } from "../predict/rule-match.ts";
import { walkTable } from "../predict/walk-table.ts";
import type { NatRule } from "./rule.ts";
import { sightingsOf } from "./subject.ts";

/** Null: the node's rules are not known, none of them does this, or several may have and the snapshot cannot say which. */
export function explainNat(
  step: NatStep,
  connection: Connection,
  rulesOf: (node: string) => NodeRules | null,
): NatRule | null {
  const rules = step.node === null ? null : rulesOf(step.node);
  if (rules === null) return null;
  const deciding = new Set<IptablesRule>();
  if (step.kind === "snat") {
    const leaving: MatchedPacket = {
      protocol: connection.protocol,
      source: step.before.orig,
      destination: step.after.resp,
      inInterfaces: null,
      outInterfaces: interfacesAt(connection, step.after, step.node),
    };
    for (const marks of marksOf(step, connection, rules))
      note(deciding, rules, "POSTROUTING", leaving, marks, (rule) => givesSource(rule, step));
  } else {
    const entering = arriving(step, connection);
    note(deciding, rules, "PREROUTING", entering, UNMARKED, (rule) => givesDestination(rule, step));
  }
  const [only] = deciding;
  return deciding.size === 1 && only !== undefined ? { text: only.text, ref: only.ref } : null;
}

const UNMARKED: Marks = { mark: NO_MARK, connmark: NO_MARK };

/** Adds the rules that may have ended the walk and do what was seen. */
function note(
  into: Set<IptablesRule>,
  rules: NodeRules,
  chain: string,
  packet: MatchedPacket,
  marks: Marks,
  does: (rule: IptablesRule) => boolean,
): void {
  for (const { decidedBy } of walkTable(rules, "nat", chain, packet, marks) ?? [])
    if (decidedBy !== null && does(decidedBy)) into.add(decidedBy);
}

/**
 * The marks that the packet may carry to POSTROUTING: kube-proxy's rules give them as it comes in, before a DNAT that this node
 * did as well. KUBE-POSTROUTING masquerades by such a mark, so without it every SNAT would be kube-proxy's.
 */
function marksOf(step: NatStep, connection: Connection, rules: NodeRules): readonly Marks[] {
  const until = connection.nat.indexOf(step);
  const here = connection.nat.slice(0, until + 1).filter(({ node }) => node === step.node);
  return here.flatMap((one) => {
    const entering = arriving(one, connection);
    const family = entering.destination.address.includes(":") ? 6 : 4;
    // A listing of one chain leaves open what the others mark.
    const open = { mark: UNKNOWN_MARK, connmark: UNKNOWN_MARK };
    if (!rules.chains("nat", family).has("PREROUTING")) return [open];
    const own = rules.localAddresses.has(entering.source.address);
    const hook = own ? "OUTPUT" : "PREROUTING";
    const mangled = walkTable(rules, "mangle", hook, entering, UNMARKED);
    const translated = (mangled ?? []).map(({ marks }) =>
      walkTable(rules, "nat", hook, entering, marks),
    );
    if (mangled === null || translated.includes(null)) return [open];
    return translated.flatMap((outcomes) => (outcomes ?? []).map(({ marks }) => marks));
  });
}

function arriving(step: NatStep, connection: Connection): MatchedPacket {
  return {
    protocol: connection.protocol,
    source: step.before.orig,
    destination: step.before.resp,
    inInterfaces: interfacesAt(connection, step.before, step.node),
    outInterfaces: null,
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

/** The interface of the node at which a tuple was seen, when only one such interface is known. */
function interfacesAt(
  connection: Connection,
  tuple: FiveTuple,
  node: string | null,
): readonly string[] | null {
  const names = new Set(
    sightingsOf(connection, tuple)
      .filter((one) => one.vantagePoint.node === node)
      .map((one) => one.vantagePoint.interface),
  );
  const [name] = names;
  return names.size === 1 && name != null ? [name] : null;
}
