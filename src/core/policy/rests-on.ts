/** What must be there for a rule's answer to be believed. */
import { asksIdentity } from "./connection-match.ts";
import type { Aspect } from "./incompleteness.ts";
import { asList, type PolicyRule } from "./policy.ts";

const OVERLAY_WORDS: ReadonlySet<string> = new Set([
  "pod-to-pod-overlay",
  "overlay-tunnel",
  "overlay-encapsulation",
]);

/** Findings that are told by payload or by ICMP errors; all others by headers alone. */
const BY_PAYLOAD = /^(?:proxy-protocol-|dns-)/;
const BY_ICMP: ReadonlySet<string> = new Set(["icmp-error", "mtu-black-hole", "imds-hop-limit"]);

export function restsOn({ kind, says }: PolicyRule): ReadonlySet<Aspect> {
  const aspects = new Set<Aspect>(["traffic"]);
  const add = (...more: readonly Aspect[]): void => {
    for (const aspect of more) aspects.add(aspect);
  };
  if (asksIdentity(says.match)) add("identity");
  if (namesPod(says.match)) add("asked-pod");
  const classes = asList(says.class);
  if (classes.length > 0) add("identity", "time");
  if (classes.some((id) => OVERLAY_WORDS.has(id) || id === "pod-to-pod-direct")) add("wire");
  if (kind === "expect") {
    if (says.nat !== undefined) add("time");
    if (says.eni !== undefined || says["node-local"] !== undefined)
      add("places", "wire", "identity");
    if (says["client-address"] !== undefined) add("payload", "identity");
    return aspects;
  }
  if (says.overlay !== undefined) add("wire", "identity");
  if (says.level !== undefined) add("identity", "time", "wire", "payload", "icmp", "places");
  for (const rule of asList(says.finding)) {
    add("identity", "time");
    if (OVERLAY_WORDS.has(rule)) add("wire");
    if (rule === "wrong-eni" || rule === "asymmetric-path") add("places");
    if (BY_PAYLOAD.test(rule)) add("payload");
    if (BY_ICMP.has(rule)) add("icmp");
  }
  return aspects;
}

function namesPod(match: PolicyRule["says"]["match"]): boolean {
  return [match?.from, match?.to, match?.either]
    .flatMap((one) => asList(one))
    .some(({ pod }) => pod !== undefined);
}

/** Only a number that must be reached: what was not seen can raise it, never lower it. */
export function isExistence({ kind, says }: PolicyRule): boolean {
  if (kind !== "expect") return false;
  const { nat, eni, "client-address": client, "node-local": local, "at-most": most } = says;
  return (
    says.class === undefined &&
    nat === undefined &&
    eni === undefined &&
    client === undefined &&
    local === undefined &&
    most === undefined
  );
}

/** What existence rests on once it was seen. */
export function withoutAbsence(aspects: ReadonlySet<Aspect>): ReadonlySet<Aspect> {
  return new Set(
    [...aspects].filter((one) => one !== "traffic" && one !== "wire" && one !== "asked-pod"),
  );
}
