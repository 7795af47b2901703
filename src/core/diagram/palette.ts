/**
 * Colours of the pictures, each in a light and a dark form, and how each path class is drawn. Hues follow Okabe and Ito
 * (distinguishable with the common colour vision deficiencies); since colour is never alone, every class also has a letter
 * and every class of one colour its own dash pattern. Contrast is held by test/core/diagram/palette.test.ts: texts 4.5:1
 * (WCAG 2.2, 1.4.3), lines 3:1 (1.4.11) on everything they are drawn on.
 */

/** `light` is also what paper gets. */
export interface Colour {
  readonly light: string;
  readonly dark: string;
}

/** Every colour of a picture has a name; it becomes a CSS variable and a presentation attribute. */
export const COLOURS = {
  canvas: { light: "#ffffff", dark: "#11161d" },
  vpc: { light: "#f6f8fb", dark: "#161d26" },
  zone: { light: "#edf2f8", dark: "#1b2430" },
  node: { light: "#ffffff", dark: "#222c39" },
  eni: { light: "#f5f7f9", dark: "#1c2530" },
  place: { light: "#ffffff", dark: "#2c3847" },
  outside: { light: "#fff8e8", dark: "#33301f" },
  infrastructure: { light: "#eef3fd", dark: "#22304a" },
  rewrite: { light: "#fff1e0", dark: "#3a2b18" },
  border: { light: "#8794a5", dark: "#66758a" },
  text: { light: "#16202c", dark: "#eef2f7" },
  muted: { light: "#4a5767", dark: "#b3bfcd" },
  direct: { light: "#16764f", dark: "#4fc796" },
  service: { light: "#0b6f85", dark: "#5cc4da" },
  snat: { light: "#a85200", dark: "#f5a44f" },
  egress: { light: "#7d6300", dark: "#dcc04a" },
  balancer: { light: "#2457c5", dark: "#8db1ff" },
  overlay: { light: "#c4157a", dark: "#ff86c6" },
  wrong: { light: "#c62828", dark: "#ff8a80" },
  vpcHost: { light: "#6a4bb8", dark: "#bfa8ff" },
  host: { light: "#556272", dark: "#aab7c6" },
  platform: { light: "#7b4a2d", dark: "#d9aa86" },
  unknown: { light: "#5f6368", dark: "#b4b8bd" },
  badge: { light: "#c62828", dark: "#ff8a80" },
  badgeText: { light: "#ffffff", dark: "#2a0f0d" },
  warning: { light: "#8f5200", dark: "#ffb94d" },
  warningText: { light: "#ffffff", dark: "#2a1a00" },
} as const satisfies Record<string, Colour>;

export type ColourName = keyof typeof COLOURS;

/** How a path class is drawn. `dash` is an SVG stroke-dasharray for a line 2 units wide; empty = solid. */
export interface ClassStyle {
  readonly letter: string;
  readonly colour: ColourName;
  readonly dash: readonly number[];
}

const SOLID: readonly number[] = [];
const STYLES: ReadonlyMap<string, ClassStyle> = new Map<string, ClassStyle>([
  ["pod-to-pod-direct", { letter: "D", colour: "direct", dash: SOLID }],
  ["pod-to-pod-overlay", { letter: "O", colour: "overlay", dash: [8, 4] }],
  ["pod-to-pod-nat", { letter: "X", colour: "wrong", dash: [2, 3] }],
  ["service-clusterip", { letter: "C", colour: "service", dash: SOLID }],
  ["snat-egress", { letter: "S", colour: "snat", dash: SOLID }],
  ["direct-egress", { letter: "E", colour: "egress", dash: SOLID }],
  ["pod-to-vpc", { letter: "V", colour: "vpcHost", dash: SOLID }],
  ["pod-to-peer", { letter: "P", colour: "vpcHost", dash: [9, 3] }],
  ["nlb-ip", { letter: "N", colour: "balancer", dash: SOLID }],
  ["nlb-instance", { letter: "NI", colour: "balancer", dash: [9, 3] }],
  ["alb-ip", { letter: "A", colour: "balancer", dash: [6, 2, 2, 2] }],
  ["alb-instance", { letter: "AI", colour: "balancer", dash: [4, 3] }],
  ["clb", { letter: "B", colour: "balancer", dash: [12, 3, 2, 3] }],
  ["nodeport", { letter: "NP", colour: "balancer", dash: [2, 3] }],
  ["client-to-lb", { letter: "L", colour: "balancer", dash: [14, 3] }],
  ["node-to-pod", { letter: "H", colour: "host", dash: SOLID }],
  ["pod-to-node", { letter: "PH", colour: "host", dash: [6, 3] }],
  ["node-to-node", { letter: "HH", colour: "host", dash: [2, 2] }],
  ["node-egress", { letter: "HE", colour: "host", dash: [10, 3, 2, 3] }],
  ["node-to-vpc", { letter: "HV", colour: "vpcHost", dash: [2, 2] }],
  ["vpc-to-node", { letter: "VH", colour: "vpcHost", dash: [10, 3, 2, 3] }],
  ["vpc-to-pod", { letter: "VP", colour: "vpcHost", dash: [4, 3] }],
  ["control-plane", { letter: "K", colour: "platform", dash: SOLID }],
  ["link-local", { letter: "I", colour: "platform", dash: [5, 3] }],
  ["overlay-tunnel", { letter: "T", colour: "overlay", dash: [2, 3] }],
  ["external", { letter: "EX", colour: "unknown", dash: [6, 3] }],
  ["unclassified", { letter: "U", colour: "unknown", dash: [2, 4] }],
]);
/** A class of a newer report. */
const OTHER: ClassStyle = { letter: "?", colour: "unknown", dash: [4, 4] };

export function classStyle(id: string): ClassStyle {
  return STYLES.get(id) ?? OTHER;
}

export type Theme = "auto" | "light" | "dark";

/** Prefix of CSS classes and variables, so that a picture put into a page disturbs nothing there. */
export const CSS_PREFIX = "podpath";

/**
 * The one style sheet of a picture, for the colours in it. Presentation attributes already carry the colours of the theme; the sheet only adds
 * dark mode and print. It stands behind @supports because librsvg and resvg know no CSS variables: they skip the block and
 * draw what the attributes say, where a bare `fill: var(…)` would make them draw nothing.
 */
export function styleSheet(
  theme: Theme,
  names: readonly ColourName[] = Object.keys(COLOURS) as ColourName[],
): string {
  const variables = (side: keyof Colour) =>
    names.map((name) => `--${CSS_PREFIX}-${name}:${COLOURS[name][side]}`).join(";");
  const root = `.${CSS_PREFIX}`;
  const side = theme === "dark" ? "dark" : "light";
  const uses = names.flatMap((name) => [
    `${root} .f-${name}{fill:var(--${CSS_PREFIX}-${name})}`,
    `${root} .s-${name}{stroke:var(--${CSS_PREFIX}-${name})}`,
  ]);
  const dark =
    theme === "auto" ? [`@media (prefers-color-scheme:dark){${root}{${variables("dark")}}}`] : [];
  return [
    // Who goes through the links of a page by keyboard must see where he is.
    `${root} a:focus-visible{outline:2px solid;outline-offset:2px}`,
    `@supports (color:var(--a)){`,
    `${root}{${variables(side)}}`,
    ...dark,
    `@media print{${root}{${variables("light")}}${root} .net{opacity:1}}`,
    ...uses,
    `}`,
  ].join("\n");
}
