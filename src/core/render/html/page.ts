/**
 * `-o html`: the report as one file that needs nothing else. Everything can be read without its script; the script adds
 * filter, sort and keyboard. The page asks for nothing: its policy allows its own script and style by their hashes and
 * nothing more.
 */
import { COLOURS, type ColourName } from "../../diagram/palette.ts";
import type { Report } from "../../report/report.ts";
import { textLayout } from "../text-layout.ts";
import { throughputPairs } from "../text-throughput.ts";
import { classesSection } from "./classes-section.ts";
import { connectionsSection } from "./connections-section.ts";
import { detailsSection } from "./details-section.ts";
import { findingsSection } from "./findings-section.ts";
import { gapsSection } from "./gaps-section.ts";
import { pageHeader, pageTitle, type SectionLink } from "./header.ts";
import { accountingSection, inputsSection } from "./inputs-section.ts";
import {
  close,
  DOCTYPE,
  element,
  LINE,
  type Markup,
  meta,
  NO_ICON,
  open,
  ownScript,
  ownStyle,
  text,
} from "./markup.ts";
import type { PagePicture } from "./page-picture.ts";
import { type PageView, pageView } from "./page-view.ts";
import { picturesSection } from "./pictures-section.ts";
import { spreadSection } from "./spread-section.ts";
import { throughputSection } from "./throughput-section.ts";

/** What the page is made of besides the report. */
export interface PageParts {
  /** The page's own script and style sheet, as built from src/web. */
  readonly script: string;
  readonly style: string;
  readonly pictures: readonly PagePicture[];
  /** SHA-256 of the text's UTF-8 bytes, in base64 (CSP Level 3, section 2.3.1, hash-source). */
  readonly sha256: (text: string) => string;
}

/** Chunks of one HTML document. Same report, same parts, same bytes. */
export function* renderHtml(report: Report, parts: PageParts): Generator<Markup, void, undefined> {
  const view = pageView(
    report,
    textLayout({ color: false, width: 100, wide: false }),
    parts.pictures,
  );
  const pairs = throughputPairs(report, view.digest.large);
  yield* head(view, parts);
  yield open("body");
  yield* pageHeader(view, sectionLinks(view, pairs.length));
  yield open("main", { id: "main" });
  yield* findingsSection(view);
  const whole = wholePictures(parts.pictures);
  if (whole.length > 0) yield* picturesSection(whole);
  yield* classesSection(view);
  yield* connectionsSection(view);
  if (pairs.length > 0) yield* throughputSection(view, pairs);
  const { distribution = [] } = report;
  if (distribution.length > 0) yield* spreadSection(view, distribution);
  yield* gapsSection(view);
  yield* inputsSection(view);
  yield* accountingSection(view);
  if (view.digest.rows.length > 0) yield* detailsSection(view);
  yield close("main");
  yield LINE;
  const { name, version } = report.tool;
  yield element(
    "footer",
    {},
    text(
      `Made by ${name} ${version} from ${report.schema}. This file asks for nothing and sends nothing.`,
    ),
  );
  yield LINE;
  yield ownScript(parts.script);
  yield close("body");
  yield close("html");
  yield LINE;
}

function* head(view: PageView, parts: PageParts): Generator<Markup, void, undefined> {
  const style = `${colourVariables()}\n${parts.style}`;
  const styles = new Set([style, ...parts.pictures.map(({ styleSheet }) => styleSheet)]);
  const hash = (code: string): string => `'sha256-${parts.sha256(code)}'`;
  yield DOCTYPE;
  yield open("html", { lang: "en" });
  yield open("head");
  yield meta({ charset: "utf-8" });
  yield meta({
    "http-equiv": "Content-Security-Policy",
    content: [
      "default-src 'none'",
      `script-src ${hash(parts.script)}`,
      `style-src ${[...styles].map(hash).join(" ")}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join("; "),
  });
  yield meta({ name: "viewport", content: "width=device-width, initial-scale=1" });
  yield meta({ name: "color-scheme", content: "light dark" });
  yield meta({ name: "referrer", content: "no-referrer" });
  yield meta({ name: "robots", content: "noindex" });
  yield LINE;
  yield element("title", {}, text(pageTitle(view)));
  yield NO_ICON;
  yield ownStyle(style);
  yield close("head");
  yield LINE;
}

/** The pictures' colours for the page as well: what is one thing has one colour. */
function colourVariables(): string {
  const names = Object.keys(COLOURS) as ColourName[];
  const all = (side: "light" | "dark"): string =>
    names.map((name) => `--${name}:${COLOURS[name][side]}`).join(";");
  const classes = names.map((name) => `.c-${name}{--c:var(--${name})}`).join("");
  return (
    `:root{${all("light")}}@media (prefers-color-scheme:dark){:root{${all("dark")}}}` +
    `@media print{:root{${all("light")}}}${classes}`
  );
}

function wholePictures(pictures: readonly PagePicture[]): readonly PagePicture[] {
  return pictures.filter(({ connection }) => connection === null);
}

function sectionLinks({ report, pictures }: PageView, pairs: number): readonly SectionLink[] {
  const some = (id: string, title: string, count: number): readonly SectionLink[] =>
    count === 0 ? [] : [{ id, title, count }];
  const { connections, distribution = [], findings, captures, summary } = report;
  return [
    { id: "findings", title: "Findings", count: findings.length },
    ...some("diagrams", "Diagrams", wholePictures(pictures).length),
    { id: "paths", title: "Paths", count: Object.keys(summary.classes).length },
    { id: "connections", title: "Connections", count: connections.length },
    ...some("throughput", "Throughput", pairs),
    ...some("spread", "Spread", distribution.length),
    { id: "gaps", title: "Open", count: null },
    { id: "inputs", title: "Inputs", count: captures.length },
    { id: "accounting", title: "Accounting", count: null },
    ...(connections.length === 0 ? [] : [{ id: "details", title: "One by one", count: null }]),
  ];
}
