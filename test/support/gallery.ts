/** Which pictures the gallery shows: the one list behind docs/gallery.md and the files beside it. */

export interface GalleryEntry {
  /** Name of the file in docs/gallery, without ".svg". */
  readonly name: string;
  readonly title: string;
  /** What to look at, in a sentence or two. */
  readonly text: string;
  /** As it is typed after `podpath`. */
  readonly command: readonly string[];
}

export const GALLERY: readonly GalleryEntry[] = [
  {
    name: "topology",
    title: "Traffic map",
    text: "VPC, zones, nodes, ENIs and pods. A letter and a number on a line: path class and connections. The red lines are findings, with the numbers of the list below.",
    command: ["diagram", "topology", "samples/tour"],
  },
  {
    name: "sankey",
    title: "Traffic flows",
    text: "Who starts, over which path class, who answers; as wide as the bytes on the wire. `--by connections` counts connections instead.",
    command: ["diagram", "sankey", "samples/service-clusterip"],
  },
  {
    name: "timeline",
    title: "Connections over time",
    text: "How many connections of each class were open, each connection as a bar, and where findings begin.",
    command: ["diagram", "timeline", "samples/tour"],
  },
  {
    name: "path-snat",
    title: "Packet path: SNAT towards the internet",
    text: "Every place that saw the connection, the rewrite between two of them with the iptables rule that made it, and how long each hop took. Dashed: not captured.",
    command: ["diagram", "path", "conn-1", "samples/snat-egress"],
  },
  {
    name: "path-nlb-instance",
    title: "Packet path: NLB, NodePort and a pod on another node",
    text: "Both ends are rewritten on the first node. What cannot be told stands below the picture.",
    command: ["diagram", "path", "conn-1", "samples/nlb-instance"],
  },
  {
    name: "ladder-nlb-instance",
    title: "Ladder",
    text: "The same connection over time: a lane for every place, record numbers on the lanes, the rewrite on the hop.",
    command: ["diagram", "ladder", "conn-1", "samples/nlb-instance"],
  },
  {
    name: "ladder-reset",
    title: "Ladder: a Service's endpoint, and a reset",
    text: "DNAT to the endpoint on the hop, and the reset that ends the connection, in red and dashed.",
    command: ["diagram", "ladder", "conn-6", "samples/service-clusterip"],
  },
];

/** docs/gallery.md. */
export function galleryMarkdown(mermaid: string): string {
  const entries = GALLERY.map(
    ({ name, title, text, command }) =>
      `## ${title}\n\n${text}\n\n\`\`\`sh\npodpath ${command.join(" ")}\n\`\`\`\n\n![${title}](gallery/${name}.svg)\n`,
  );
  return [
    "# Gallery",
    "",
    "Every kind of picture, made from the [samples](../samples/README.md). This page and the files behind it are made by",
    "`npm run docs`; a test compares them. All of them follow the viewer's light or dark mode and print dark on white;",
    "`--theme light` and `--theme dark` fix one.",
    "",
    ...entries,
    "## In the languages of other programs",
    "",
    "The traffic map and the packet path also come as Mermaid (`-o mermaid`), Graphviz (`-o dot`), D2 (`-o d2`) and draw.io",
    "(`-o drawio`); every picture comes as PNG (`-o png`) where `@resvg/resvg-js` is installed. This is Mermaid:",
    "",
    "```mermaid",
    mermaid.trimEnd(),
    "```",
    "",
  ].join("\n");
}
