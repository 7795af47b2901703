/** A picture that is drawn already: the core has no document to draw into. */
import type { Report, ReportConnection } from "../../report/report.ts";
import { columnsOf } from "../../report/report-columns.ts";
import { worstFirst } from "./digest.ts";
import type { DrawnSvg } from "./markup.ts";

export interface PagePicture {
  /** Which kind (core/diagram/diagram.ts); also the end of its element's id. */
  readonly kind: string;
  readonly title: string;
  /** What it shows, in one sentence. */
  readonly shows: string;
  /** Id of the connection that it is about; null: about all of them. */
  readonly connection: string | null;
  readonly svg: DrawnSvg;
  /** The text of its <style> element, which the page's policy must allow. */
  readonly styleSheet: string;
}

/** A picture costs as much time as a small analysis, and each is some ten thousand characters. */
const PICTURED = 6;

/** The connections whose path is drawn: those with the worst findings. */
export function picturedConnections(report: Report): readonly ReportConnection[] {
  return worstFirst(columnsOf(report), PICTURED)
    .flatMap((position) => report.connections.at(position) ?? [])
    .filter(({ findings }) => findings.length > 0);
}
