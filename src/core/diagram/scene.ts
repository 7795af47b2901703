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
  /** What follows is drawn in this order, one list over the other. */
  readonly boxes: readonly SceneBox[];
  readonly areas: readonly SceneArea[];
  /** Lines that connect nothing: axes, lifelines, rules. */
  readonly strokes: readonly SceneStroke[];
  readonly nets: readonly SceneNet[];
  /** Sample lines of the legend. */
  readonly swatches: readonly SceneStroke[];
  readonly labels: readonly SceneLabel[];
  readonly badges: readonly SceneBadge[];
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

/** What a part of the picture stands for; a page may lead from it to where that is told. */
export type SceneLink =
  | { readonly kind: "connection" | "finding"; readonly id: string }
  | { readonly kind: "packet"; readonly capture: string; readonly record: number };

/**
 * `place` is a box that lines end at; `vpc`, `zone`, `node` and `eni` only hold boxes. `bar` is a length that means
 * something, `mark` a sign on a line.
 */
export type BoxRole = "canvas" | "vpc" | "zone" | "node" | "eni" | "place" | "bar" | "mark";

export interface SceneBox extends Rectangle {
  readonly id: string;
  readonly role: BoxRole;
  readonly fill: ColourName;
  readonly stroke: ColourName | null;
  readonly dashed: boolean;
  /** Width of the border; 1 when left out. */
  readonly weight?: number;
  readonly radius: number;
  /** Shown when pointed at: the name in full, and what the box stands for. */
  readonly tooltip: SafeText | null;
  readonly link?: SceneLink;
}

/** A filled shape whose size means something: a band of a flow, bytes over time. */
export interface SceneArea {
  readonly id: string;
  /** Closed SVG path data. */
  readonly d: string;
  readonly fill: ColourName;
  readonly opacity: number;
  /** A line around it in full strength, for what is to stand out. */
  readonly emphasised: boolean;
  readonly tooltip: SafeText | null;
  readonly link?: SceneLink;
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
  readonly link?: SceneLink;
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
  readonly link?: SceneLink;
}

export interface SceneStroke {
  readonly d: string;
  readonly colour: ColourName;
  readonly width: number;
  readonly dash: readonly number[];
}

/** The ground of a picture. */
export function canvasBox(width: number, height: number): SceneBox {
  return {
    id: "canvas",
    role: "canvas",
    x: 0,
    y: 0,
    width,
    height,
    fill: "canvas",
    stroke: null,
    dashed: false,
    radius: 0,
    tooltip: null,
  };
}

/** Two decimals are a hundredth of a pixel; more would only make files differ. */
export function cut(value: number): number {
  return Math.round(value * 100) / 100;
}
