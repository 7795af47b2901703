/** A picture without anything in it says what would put something there. */
import { drawNotes, drawTitle, TITLE_BOTTOM } from "./caption.ts";
import type { Theme } from "./palette.ts";
import { canvasBox, type Scene, type SceneBadge, type SceneLabel } from "./scene.ts";
import type { SafeText } from "./xml-safe.ts";

const WIDTH = 720;

export function emptyScene(
  title: SafeText,
  sentences: readonly [SafeText, ...SafeText[]],
  theme: Theme,
): Scene {
  const labels: SceneLabel[] = [];
  const badges: SceneBadge[] = [];
  const [summary, ...more] = sentences;
  drawTitle({ labels, badges }, title, summary, WIDTH);
  const height =
    more.length === 0 ? TITLE_BOTTOM : drawNotes({ labels, badges }, more, TITLE_BOTTOM, WIDTH);
  return {
    width: WIDTH,
    height,
    theme,
    title,
    description: summary,
    boxes: [canvasBox(WIDTH, height)],
    areas: [],
    strokes: [],
    nets: [],
    swatches: [],
    labels,
    badges,
  };
}
