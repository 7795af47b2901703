/** What the sections of the page are made from: the report, and what of it has a place on the page. */
import { tunnelsAt } from "../../explain/tunnels-at.ts";
import { MAX_PAGE_TEXT_LENGTH } from "../../limits.ts";
import type { Report } from "../../report/report.ts";
import type { TextLayout } from "../text-layout.ts";
import { textNames } from "../text-names.ts";
import { digestConnections } from "./digest.ts";
import type { PagePicture } from "./page-picture.ts";
import { type PlannedConnections, planConnections } from "./planned-connections.ts";
import type { ReportView } from "./report-view.ts";

export interface PageView extends ReportView {
  readonly planned: PlannedConnections;
  /** Whether a link to the connection leads anywhere. */
  readonly hasConnection: (id: string) => boolean;
}

export function pageView(
  report: Report,
  layout: TextLayout,
  pictures: readonly PagePicture[],
): PageView {
  const digest = digestConnections(report);
  const names = textNames(report, layout);
  const view: ReportView = {
    report,
    digest,
    // What is cut anyway need not be searched for a domain first: a name may be a megabyte, and stand in every row.
    names: {
      ...names,
      short: (text) => (text.length > MAX_PAGE_TEXT_LENGTH ? text : names.short(text)),
    },
    layout,
    tunnels: tunnelsAt(report),
    pictures,
  };
  const planned = planConnections(view);
  const shown = new Set(planned.shown.map(({ id }) => id));
  return { ...view, planned, hasConnection: (id) => shown.has(id) };
}
