/**
 * How wide a text will be, without a font at hand: neither a worker nor jsdom can measure. The table holds the advance
 * widths of DejaVu Sans, the widest of the usual system fonts (Segoe UI, SF, Roboto, Noto Sans and Arial are 5 to 15 %
 * narrower), so what fits here fits everywhere.
 */

export type TextStyle = "regular" | "bold" | "mono";

/** Thousandths of an em for U+0020 to U+007E. */
const REGULAR: readonly number[] = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
  636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
  575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
  611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
  278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];
const BOLD: readonly number[] = [
  348, 456, 521, 838, 696, 1002, 872, 306, 457, 457, 523, 838, 380, 415, 380, 365, 696, 696, 696,
  696, 696, 696, 696, 696, 696, 696, 400, 400, 838, 838, 838, 580, 1000, 774, 762, 734, 830, 683,
  683, 821, 837, 372, 372, 775, 637, 995, 837, 850, 733, 850, 770, 720, 682, 812, 774, 1103, 771,
  724, 725, 457, 365, 457, 838, 500, 500, 675, 716, 593, 716, 678, 435, 716, 712, 343, 343, 665,
  343, 1042, 712, 687, 716, 716, 493, 595, 478, 712, 652, 924, 645, 652, 582, 712, 365, 712, 838,
];
const MONO_ADVANCE = 602;
/** Latin with accents, Greek, Cyrillic and other narrow scripts: the width of a wide letter. */
const NARROW_ADVANCE = 790;
const EM = 1000;

const COMBINING = /^[\p{Mn}\p{Me}\u200d]$/u;
/** The first wide block is Hangul Jamo; all CJK, Hangul, kana, fullwidth forms and emoji follow. */
const FIRST_WIDE = 0x1100;

/** Width in the unit of `size` (user units of the picture). */
export function textWidth(text: string, size: number, style: TextStyle = "regular"): number {
  let width = 0;
  for (const character of text) width += advance(character, style);
  return (width * size) / EM;
}

function advance(character: string, style: TextStyle): number {
  const code = character.codePointAt(0) ?? 0;
  if (code >= 0x20 && code < 0x7f) {
    if (style === "mono") return MONO_ADVANCE;
    return (style === "bold" ? BOLD : REGULAR)[code - 0x20] ?? EM;
  }
  if (COMBINING.test(character)) return 0;
  // The middle dot separates the parts of a subtitle; an em for each would be far too much.
  if (code === 0xb7) return 380;
  return code < FIRST_WIDE && style !== "mono" ? NARROW_ADVANCE : EM;
}

const ELLIPSIS = "…";
/** Characters kept behind the ellipsis: the random suffix of a pod's name tells it from its siblings. */
const TAIL = 6;

/**
 * Shortens a text to fit: names lose their middle, sentences their end. Never longer than `maxWidth`, except that one
 * ellipsis is always left.
 */
export function fitText(
  text: string,
  maxWidth: number,
  size: number,
  style: TextStyle = "regular",
  lose: "middle" | "end" = "middle",
): string {
  if (textWidth(text, size, style) <= maxWidth) return text;
  const clusters = graphemes(text, Math.ceil((maxWidth / size) * 8) + TAIL);
  const tail = clusters.tail.join("");
  const room = maxWidth - textWidth(ELLIPSIS, size, style);
  const withTail = room - textWidth(tail, size, style);
  // A box too narrow for a useful head shows the head only.
  if (lose === "middle" && withTail >= room / 2)
    return head(clusters.head, withTail, size, style) + ELLIPSIS + tail;
  return head(clusters.head, room, size, style).trimEnd() + ELLIPSIS;
}

function head(
  clusters: readonly string[],
  maxWidth: number,
  size: number,
  style: TextStyle,
): string {
  let width = 0;
  let result = "";
  for (const cluster of clusters) {
    width += textWidth(cluster, size, style);
    if (width > maxWidth) break;
    result += cluster;
  }
  return result;
}

/** A base character with its combining marks stays together; only the ends of a long text are looked at. */
function graphemes(text: string, limit: number): { head: string[]; tail: string[] } {
  const first = clustersOf(text.slice(0, limit * 2).replace(/[\ud800-\udbff]$/, ""));
  const last = clustersOf(text.slice(-TAIL * 8).replace(/^[\udc00-\udfff]/, "")).slice(-TAIL);
  return { head: first.slice(0, limit), tail: last };
}

function clustersOf(text: string): string[] {
  const clusters: string[] = [];
  for (const character of text) {
    if (COMBINING.test(character) && clusters.length > 0) {
      clusters[clusters.length - 1] += character;
    } else {
      clusters.push(character);
    }
  }
  return clusters;
}
