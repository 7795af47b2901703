/** The part of a long list that is in the document: a page of it, so that a browser never lays out thousands of rows. */

const ROWS_PER_PAGE = 100;

export interface RowWindow {
  /** From 1 on. */
  readonly page: number;
  /** At least 1. */
  readonly pages: number;
  /** Position of the first row, from 0 on, and behind the last. */
  readonly from: number;
  readonly to: number;
}

/** A page that is not there becomes the nearest one that is. */
export function rowWindow(count: number, page: number, perPage = ROWS_PER_PAGE): RowWindow {
  const pages = Math.max(1, Math.ceil(count / perPage));
  const shown = Math.min(Math.max(1, Math.trunc(page) || 1), pages);
  const from = (shown - 1) * perPage;
  return { page: shown, pages, from, to: Math.min(count, from + perPage) };
}

/** The page that holds the row at this position. */
export function pageOf(position: number, perPage = ROWS_PER_PAGE): number {
  return Math.floor(position / perPage) + 1;
}
