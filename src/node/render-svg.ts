/**
 * Scenes as SVG files, drawn through d3-node. It is loaded when the first picture is asked for: with jsdom behind it, it takes
 * longer than most analyses. Its own svgString() is HTML, not XML, so the document's XMLSerializer writes the text.
 */
import { type DrawOptions, drawScene } from "../core/diagram/draw-scene.ts";
import type { Scene } from "../core/diagram/scene.ts";
import type { DrawnSvg } from "../core/render/html/markup.ts";

/** The scene as a well-formed SVG document that ends with a line feed; a page may hold it as it is. */
export async function renderSceneSvg(scene: Scene, options: DrawOptions = {}): Promise<DrawnSvg> {
  const { D3Node } = await import("d3-node");
  // A document of its own for each picture: nothing of one can appear in another.
  const host = new D3Node();
  try {
    const svg = host.createSVG();
    drawScene(svg, scene, options);
    const element = svg.node();
    if (element === null) throw new Error("d3-node made no svg element");
    return `${new host.window.XMLSerializer().serializeToString(element)}\n` as DrawnSvg;
  } finally {
    host.window.close();
  }
}
