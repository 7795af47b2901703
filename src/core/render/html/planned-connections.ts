/** Which connections have a place on the page, and which place: decided before anything links to one. */
import { explainConnection } from "../../explain/explain.ts";
import { MAX_PAGE_DETAIL_CHARACTERS, MAX_PAGE_ROW_CHARACTERS } from "../../limits.ts";
import type { ReportConnection } from "../../report/report.ts";
import { connectionDetail } from "./connection-detail.ts";
import { connectionRow } from "./connection-row.ts";
import type { Markup } from "./markup.ts";
import type { ReportView } from "./report-view.ts";

export interface PlannedConnections {
  /** In the order of the table: those that fit. */
  readonly shown: readonly ReportConnection[];
  /** A row for each of `shown`. */
  readonly rows: readonly Markup[];
  /** The first of `shown`, told in full: those that fit. */
  readonly details: readonly Markup[];
}

export function planConnections(view: ReportView): PlannedConnections {
  const details: Markup[] = [];
  let detailCharacters = 0;
  for (const connection of view.digest.rows) {
    const explained = explainConnection(view.report, connection, view.tunnels);
    const detail = connectionDetail(view, connection, explained);
    detailCharacters += detail.length;
    if (detailCharacters > MAX_PAGE_DETAIL_CHARACTERS) break;
    details.push(detail);
  }
  const rows: Markup[] = [];
  let rowCharacters = 0;
  for (const connection of view.digest.rows) {
    // A link to a connection leads to where it is told, or else to its row.
    const row = connectionRow(view, connection, rows.length < details.length ? "told" : "row");
    rowCharacters += row.length;
    if (rowCharacters > MAX_PAGE_ROW_CHARACTERS) break;
    rows.push(row);
  }
  return {
    shown: view.digest.rows.slice(0, rows.length),
    rows,
    details: details.slice(0, rows.length),
  };
}
