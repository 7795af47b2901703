/** The HTML report with what the core cannot get by itself: pictures drawn, the page's script and style sheet read. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { DIAGRAMS, type DiagramKind, type DiagramOptions } from "../core/diagram/diagram.ts";
import { sceneStyleSheet } from "../core/diagram/draw-scene.ts";
import type { SceneLink } from "../core/diagram/scene.ts";
import { MAX_PAGE_NAMED_FINDINGS } from "../core/limits.ts";
import { renderHtml } from "../core/render/html/page.ts";
import { type PagePicture, picturedConnections } from "../core/render/html/page-picture.ts";
import type { Report, ReportConnection } from "../core/report/report.ts";
import { renderSceneSvg } from "./render-svg.ts";

/** Chunks of one HTML document (`podpath -o html`). */
export async function renderHtmlPage(report: Report): Promise<Iterable<string>> {
  return renderHtml(report, {
    script: pagePart("report-page.js"),
    style: pagePart("report-page.css"),
    pictures: await drawPictures(report),
    sha256: (text) => createHash("sha256").update(text, "utf8").digest("base64"),
  });
}

/** `npm run build` makes them; src/node, dist/node and dist/program lie equally deep below the package. */
function pagePart(name: string): string {
  return readFileSync(new URL(`../../dist/page/${name}`, import.meta.url), "utf8");
}

/** Every kind that is about the whole report; of the worst connections those that are about one. */
async function drawPictures(report: Report): Promise<readonly PagePicture[]> {
  const pictures: PagePicture[] = [];
  if (report.connections.length === 0) return pictures;
  const kinds: readonly DiagramKind[] = DIAGRAMS;
  for (const kind of kinds)
    if (kind.about === "report") pictures.push(await draw(kind, report, {}));
  for (const connection of picturedConnections(report))
    for (const kind of kinds)
      if (kind.about === "connection" && (kind.id !== "ladder" || hasKeyPackets(connection)))
        pictures.push(await draw(kind, report, { connection }));
  return pictures;
}

/** A ladder is made of packets, which a report lists only when it was asked to (`--key-packets`). */
function hasKeyPackets({ observations }: ReportConnection): boolean {
  return observations.some(({ keyPackets = [] }) => keyPackets.length > 0);
}

function hasPlace({ findings }: Report, id: string): boolean {
  return findings.slice(0, MAX_PAGE_NAMED_FINDINGS).some((finding) => finding.id === id);
}

async function draw(
  kind: DiagramKind,
  report: Report,
  options: DiagramOptions,
): Promise<PagePicture> {
  const { id, title, shows } = kind;
  const connection = options.connection?.id ?? null;
  // The ids of elements in one document differ.
  const idPrefix = connection === null ? id : `${id}-${connection}`;
  const scene = kind.layOut(report, options);
  // Findings are told on the page, or at least named; of connections only some have a place on it.
  const hrefOf = (link: SceneLink): string | null =>
    link.kind === "finding" && hasPlace(report, link.id) ? `#${link.id}` : null;
  const svg = await renderSceneSvg(scene, { idPrefix, hrefOf });
  return { kind: id, title, shows, connection, svg, styleSheet: sceneStyleSheet(scene) };
}
