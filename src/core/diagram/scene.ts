/**
 * A picture as numbers and strings: what a layout makes and what draw-scene.ts draws. Coordinates are user units, x to the
 * right, y down, cut to 2 decimals. Every text is safe for XML. Lists are in drawing order; the same report gives the same
 * scene, whatever the order of its connections.
 */
import type { ColourName, Theme } from "./palette.ts";
import type { TextStyle } from "./text-width.ts";
import type { SafeText } from "./xml-safe.ts";

export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly title: SafeText;
  /** The picture in words, for those who cannot see it. */
  readonly description: SafeText;
  readonly boxes: readonly SceneBox[];
  readonly nets: readonly SceneNet[];
  readonly labels: readonly SceneLabel[];
  readonly badges: readonly SceneBadge[];
  readonly swatches: readonly SceneSwatch[];
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** `place` is a box that connections end at; the others only hold boxes. */
export type BoxRole = "canvas" | "vpc" | "zone" | "node" | "eni" | "place";

export interface SceneBox extends Rectangle {
  readonly id: string;
  readonly role: BoxRole;
  readonly fill: ColourName;
  readonly stroke: ColourName | null;
  readonly dashed: boolean;
  readonly radius: number;
  /** Shown when pointed at: the name in full, and what the box stands for. */
  readonly tooltip: SafeText | null;
}

/**
 * Edges of one class that share an end, drawn over each other where they run together: opacity belongs to the net, so that
 * a shared trunk is not darker than a branch.
 */
export interface SceneNet {
  readonly opacity: number;
  readonly edges: readonly SceneEdge[];
}

export interface SceneEdge {
  readonly id: string;
  /** Ids of the boxes at both ends. */
  readonly from: string;
  readonly to: string;
  readonly class: string;
  readonly colour: ColourName;
  /** Corners of the line before they are rounded. */
  readonly points: readonly Point[];
  /** The line as SVG path data. */
  readonly d: string;
  /** Arrow heads as closed path data. */
  readonly arrow: string;
  readonly width: number;
  /** stroke-dasharray; empty = solid. */
  readonly dash: readonly number[];
  /** Part of a finding: drawn last, over a band of its colour. */
  readonly emphasised: boolean;
  readonly tooltip: SafeText;
}

export interface SceneLabel {
  /** Start, middle or end of the baseline. */
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly text: SafeText;
  readonly size: number;
  readonly style: TextStyle;
  readonly colour: ColourName;
  /** What it is drawn on; decides the contrast. */
  readonly on: ColourName;
  /** Set when `text` was shortened. */
  readonly tooltip: SafeText | null;
}

/** A number in a pill; the same number stands before the finding below the picture. */
export interface SceneBadge extends Rectangle {
  readonly text: SafeText;
  readonly fill: ColourName;
  readonly colour: ColourName;
}

/** Sample line of the legend. */
export interface SceneSwatch {
  readonly d: string;
  readonly colour: ColourName;
  readonly width: number;
  readonly dash: readonly number[];
}

/** Two decimals are a hundredth of a pixel; more would only make files differ. */
export function cut(value: number): number {
  return Math.round(value * 100) / 100;
}
