/**
 * A picture as boxes and lines without coordinates, for the languages of other drawing programs: they lay it out themselves.
 * Every text is safe for XML and single-line; the writers of the languages only quote it.
 */
import type { Colour } from "../palette.ts";
import type { SafeText } from "../xml-safe.ts";

export interface Graph {
  readonly title: SafeText;
  /** How the program should lay it out: a map from left to right, a chain from top to bottom. */
  readonly direction: "right" | "down";
  /** Outer groups before the ones inside them. */
  readonly groups: readonly GraphGroup[];
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  /** What the picture leaves out and stands on, one sentence each. */
  readonly notes: readonly SafeText[];
}

/** A box around others. Ids are letters and digits. */
export interface GraphGroup {
  readonly id: string;
  readonly parent: string | null;
  readonly label: SafeText;
}

export interface GraphNode {
  readonly id: string;
  readonly group: string | null;
  /** At least one. */
  readonly lines: readonly SafeText[];
  readonly look: "place" | "outside" | "rewrite";
  readonly dashed: boolean;
}

export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  /** May be empty. */
  readonly label: SafeText;
  readonly colour: Colour;
  readonly dashed: boolean;
  /** Part of a finding. */
  readonly emphasised: boolean;
}
