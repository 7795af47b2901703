/** Vantage points named by hand: `LABEL=PATH` on the command line. */
import { existsSync } from "node:fs";
import type { VantageLabel } from "../core/analysis.ts";
import { InputError } from "./input-error.ts";

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
/** Linux allows nearly anything in an interface's name but "/" and blanks, 15 bytes at most; Windows names are longer. */
const INTERFACE = /^[^\s/]+$/;

/** `NODE`, `NODE/IFACE` or `pod:NAMESPACE/NAME`; null when the text is none of them. */
export function parseLabel(text: string): VantageLabel | null {
  if (text.startsWith("pod:")) {
    const [namespace = "", name = "", ...more] = text.slice(4).split("/");
    const isPod = NAME.test(namespace) && NAME.test(name) && more.length === 0;
    return isPod ? { pod: `${namespace}/${name}` } : null;
  }
  const slash = text.indexOf("/");
  const node = slash < 0 ? text : text.slice(0, slash);
  if (!NAME.test(node)) return null;
  if (slash < 0) return { node };
  const name = text.slice(slash + 1);
  return INTERFACE.test(name) ? { node, interface: name } : null;
}

/** `LABEL=PATH`; a path that exists as it stands, "=" and all, is no label. */
export function splitLabel(arg: string): {
  readonly path: string;
  readonly label: VantageLabel | null;
} {
  const equals = arg.indexOf("=");
  if (equals < 0 || existsSync(arg)) return { path: arg, label: null };
  const path = arg.slice(equals + 1);
  const label = parseLabel(arg.slice(0, equals));
  if (label !== null && path !== "") return { path, label };
  const what = "there is no such file, and what stands before = is no label";
  const advice = "Labels are NODE=PATH, NODE/INTERFACE=PATH or pod:NAMESPACE/NAME=PATH.";
  throw new InputError("bad-argument", arg, what, advice);
}
