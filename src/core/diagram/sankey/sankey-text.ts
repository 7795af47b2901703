/** The words of the flow diagram. */
import { pathClassTitle } from "../../report/path-class-title.ts";
import { byteText, count, grouped } from "../quantity-text.ts";
import { ownText, type SafeText, safeLines, xmlSafe } from "../xml-safe.ts";
import type { SankeyBand, SankeyClass, SankeyEnd, SankeyModel } from "./sankey-model.ts";

export function sankeyTitle({ measure }: SankeyModel): SafeText {
  return ownText(measure === "bytes" ? "Traffic flows by bytes" : "Traffic flows by connections");
}

/** "3.4 MB, 37 connections"; what the width means stands first. */
function amountText(
  { value, connections }: { readonly value: number; readonly connections: number },
  { measure }: SankeyModel,
): string {
  const all = count(connections, "connection");
  return measure === "bytes" ? `${byteText(value)}, ${all}` : all;
}

export function endText(end: SankeyEnd, model: SankeyModel): { name: SafeText; detail: SafeText } {
  const amount = amountText(end, model);
  if (end.folded > 0) {
    return { name: xmlSafe(`${grouped(end.folded)} others`), detail: xmlSafe(amount) };
  }
  const detail = end.detail === "" ? amount : `${end.detail} · ${amount}`;
  return { name: xmlSafe(end.name), detail: xmlSafe(detail) };
}

export function classText(one: SankeyClass, model: SankeyModel): SafeText {
  return xmlSafe(amountText(one, model));
}

export function classTooltip({ id }: SankeyClass): SafeText {
  return xmlSafe(`${id}: ${pathClassTitle(id)}`);
}

export function bandTooltip(
  band: SankeyBand,
  end: SankeyEnd,
  way: "from" | "to",
  model: SankeyModel,
): SafeText {
  const { name } = endText(end, model);
  const ends = way === "from" ? `${name} → ${band.class}` : `${band.class} → ${name}`;
  const found =
    band.found === 0 ? "" : `${count(band.found, "connection")} with an error or a warning`;
  return safeLines([`${ends}: ${amountText(band, model)}`, found]);
}

export function sankeySummary(model: SankeyModel): SafeText {
  const drawn = (ends: readonly SankeyEnd[]) => ends.filter(({ folded }) => folded === 0).length;
  return xmlSafe(
    [
      amountText(model, model),
      `starting: ${drawn(model.from)} of ${count(model.ends.from, "name")}`,
      `answering: ${drawn(model.to)} of ${count(model.ends.to, "name")}`,
    ].join(" · "),
  );
}

export function sankeyNotes(model: SankeyModel): SafeText[] {
  const what =
    model.measure === "bytes"
      ? "bytes on the wire of both directions, each packet once"
      : "connections";
  const sentences = [
    `From who starts, through the path class, to who answers. Width: ${what}; what is thinner than a line is drawn as one.`,
  ];
  if (model.outgoing.some(({ found }) => found > 0)) {
    sentences.push("Outlined and darker: holds connections with an error or a warning.");
  }
  const folded = [...model.from, ...model.to].some((end) => end.folded > 0);
  if (folded) {
    sentences.push("Names with the least traffic and no findings are folded into “others”.");
  }
  return sentences.map(ownText);
}

export function sankeyDescription(model: SankeyModel): SafeText {
  const names = new Map(
    [...model.from, ...model.to].map((end) => [end.id, endText(end, model).name]),
  );
  const classes = model.classes.map((one) => `${one.id} ${amountText(one, model)}`);
  const bands = model.outgoing.map(
    (band) => `${names.get(band.end) ?? ""} → ${band.class} ${amountText(band, model)}`,
  );
  return safeLines([
    sankeySummary(model),
    `Path classes: ${classes.join("; ")}.`,
    `${bands.join("; ")}.`,
  ]);
}
