/** One line of the table of connections. */
import type { ReportConnection, ReportParty } from "../../report/report.ts";
import { formatBytes, formatCount, plural } from "../text-layout.ts";
import { partyName } from "../text-names.ts";
import { className, findingLink } from "./fragments.ts";
import { element, join, type Markup, NOTHING, text } from "./markup.ts";
import type { ReportView } from "./report-view.ts";

/** Names beyond this are cut here; the connection's own part of the page has more of them. */
const LONGEST_NAME = 200;
const NODES = 3;

/** `leadsTo`: where a link to the connection leads, to its own part of the page or, when it has none, to this row. */
export function connectionRow(
  view: ReportView,
  connection: ReportConnection,
  leadsTo: "told" | "row",
): Markup {
  const { id, packets, bytes, confidence } = connection;
  return element(
    "tr",
    leadsTo === "row" ? { id } : {},
    element(
      "th",
      { scope: "row" },
      leadsTo === "row" ? text(id) : element("a", { href: `#${id}` }, text(id)),
      element("small", {}, text(protocolText(connection))),
    ),
    element("td", {}, className(connection.class), element("small", {}, text(confidence))),
    element(
      "td",
      {},
      party(view, connection.orig, connection, ""),
      party(view, connection.resp, connection, "→ "),
    ),
    element("td", {}, rewrites(view, connection)),
    element(
      "td",
      { class: "n" },
      text(formatBytes(bytes.orig + bytes.resp)),
      element("small", {}, text(plural(packets.orig + packets.resp, "packet"))),
    ),
    element("td", {}, places(view, connection)),
    element("td", {}, findingLinks(view, connection)),
  );
}

/** "tcp closed", "icmp id 1704" (both ends have the echo's one identifier), "tcp closed, health check". */
function protocolText({ protocol, tcp, orig, healthCheck }: ReportConnection): string {
  const what = healthCheck === true ? ", health check" : "";
  if (tcp !== undefined) return `${protocol} ${tcp.state}${what}`;
  return isIcmp(protocol) && orig.port !== null ? `${protocol} id ${orig.port}` : protocol + what;
}

function isIcmp(protocol: string): boolean {
  return protocol.startsWith("icmp");
}

function party(
  { names }: ReportView,
  end: ReportParty,
  { protocol }: ReportConnection,
  before: string,
): Markup {
  const name = partyName({ ...withShortNames(end), port: isIcmp(protocol) ? null : end.port });
  return element("span", { class: "end" }, text(before + shortened(names.short(name))));
}

/** Cut before they are put together: one name of a megabyte may stand in every row. */
function withShortNames(end: ReportParty): ReportParty {
  const { namespace, name, dnsNames } = end;
  return {
    ...end,
    ...(namespace === undefined ? {} : { namespace: shortened(namespace) }),
    ...(name === undefined ? {} : { name: shortened(name) }),
    ...(dnsNames === undefined ? {} : { dnsNames: dnsNames.map(shortened) }),
  };
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
}

/** "snat ip-192-168-1-5". */
function rewrites({ names }: ReportView, { nat }: ReportConnection): Markup {
  const words = nat.map(({ kind, node }) => {
    const what = kind === "both" ? "snat+dnat" : kind;
    return node === undefined ? what : `${what} ${shortened(names.short(node))}`;
  });
  return text(words.join(", "));
}

/** "4 places", and the nodes that they are on. */
function places({ report, names }: ReportView, { observations }: ReportConnection): Markup {
  const seen = new Set(observations.map(({ vantagePoint }) => vantagePoint));
  const nodes = new Set<string>();
  for (const point of report.vantagePoints)
    if (seen.has(point.id) && point.node !== undefined) nodes.add(names.short(point.node));
  const some = [...nodes].slice(0, NODES).map(shortened).join(", ");
  const more = nodes.size > NODES ? ` and ${formatCount(nodes.size - NODES)} more` : "";
  return join([
    text(plural(seen.size, "place")),
    some === "" ? NOTHING : element("small", {}, text(some + more)),
  ]);
}

function findingLinks(view: ReportView, { findings }: ReportConnection): Markup {
  const links = findings.slice(0, NODES).map((id) => {
    const finding = view.digest.findings.get(id);
    const level = finding?.level ?? "note";
    return join([findingLink(view, id, level), text(` ${finding?.rule ?? ""}`)]);
  });
  const more = findings.length - links.length;
  return join([
    join(links, text(", ")),
    more > 0 ? text(` and ${formatCount(more)} more`) : NOTHING,
  ]);
}
