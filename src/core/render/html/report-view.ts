/** The report with what every piece of the page asks about it. */
import type { TunnelsAt } from "../../explain/tunnels-at.ts";
import type { Report } from "../../report/report.ts";
import type { TextLayout } from "../text-layout.ts";
import type { TextNames } from "../text-names.ts";
import type { Digest } from "./digest.ts";
import type { PagePicture } from "./page-picture.ts";

export interface ReportView {
  readonly report: Report;
  readonly digest: Digest;
  readonly names: TextNames;
  /** Folds lists in words as the text report does. */
  readonly layout: TextLayout;
  readonly tunnels: (vantagePoint: string) => TunnelsAt;
  readonly pictures: readonly PagePicture[];
}
