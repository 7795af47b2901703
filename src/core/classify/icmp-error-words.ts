/** ICMP errors in words, and the distinct ones that a connection got. */
import type { Connection, Observation } from "../correlate/connection.ts";
import type { IcmpErrorRef } from "../flow/flow-observation.ts";

/** RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1: destination unreachable. */
const UNREACHABLE_V4: Readonly<Record<number, string>> = {
  0: "network unreachable",
  1: "host unreachable",
  2: "protocol unreachable",
  3: "port unreachable",
  4: "fragmentation needed, but not allowed",
  5: "source route failed",
  6: "network unknown",
  7: "host unknown",
  9: "network administratively prohibited",
  10: "host administratively prohibited",
  11: "network unreachable for this type of service",
  12: "host unreachable for this type of service",
  13: "communication administratively prohibited",
};
/** RFC 4443 section 3.1. */
const UNREACHABLE_V6: Readonly<Record<number, string>> = {
  0: "no route to destination",
  1: "communication administratively prohibited",
  2: "beyond the scope of the source address",
  3: "address unreachable",
  4: "port unreachable",
  5: "source address failed ingress or egress policy",
  6: "route to destination rejected",
};

export type IcmpErrorKind =
  | "packet-too-big"
  | "port-unreachable"
  | "unreachable"
  | "time-exceeded"
  | "other";

/** The family is that of the sender. */
export function kindOfError({ type, code, from }: IcmpErrorRef): IcmpErrorKind {
  if (from.includes(":")) {
    if (type === 2) return "packet-too-big";
    if (type === 1) return code === 4 ? "port-unreachable" : "unreachable";
    return type === 3 ? "time-exceeded" : "other";
  }
  if (type === 3) {
    if (code === 4) return "packet-too-big";
    return code === 3 ? "port-unreachable" : "unreachable";
  }
  return type === 11 ? "time-exceeded" : "other";
}

/** "port unreachable (type 3 code 3)". */
export function errorText(error: IcmpErrorRef): string {
  return `${words(error)} (type ${error.type} code ${error.code})`;
}

function words({ type, code, from }: IcmpErrorRef): string {
  const isV6 = from.includes(":");
  const unreachable = isV6 ? UNREACHABLE_V6[code] : UNREACHABLE_V4[code];
  if (type === (isV6 ? 1 : 3)) return unreachable ?? "destination unreachable";
  if (isV6 && type === 2) return "packet too big";
  if (type === (isV6 ? 3 : 11))
    return code === 1 ? "fragment reassembly time exceeded" : "TTL exceeded on the way";
  if (type === (isV6 ? 4 : 12)) return "parameter problem";
  if (!isV6 && type === 5) return "redirect";
  if (!isV6 && type === 4) return "source quench";
  return "ICMP error";
}

export interface ReceivedError {
  readonly error: IcmpErrorRef;
  /** Where it was seen, with its record there. */
  readonly seen: readonly { readonly at: Observation; readonly record: number }[];
}

/** Each (type, code, sender) once. */
export function errorsOf(connection: Connection): ReceivedError[] {
  const found = new Map<
    string,
    { error: IcmpErrorRef; seen: { at: Observation; record: number }[] }
  >();
  for (const at of connection.observations) {
    for (const error of at.icmpErrors) {
      const key = `${error.type} ${error.code} ${error.from}`;
      const known = found.get(key);
      if (known === undefined) found.set(key, { error, seen: [{ at, record: error.record }] });
      else if (!known.seen.some((one) => one.at === at))
        known.seen.push({ at, record: error.record });
    }
  }
  return [...found.values()];
}
