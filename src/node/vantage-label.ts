/** Vantage points named by hand: `LABEL=PATH` on the command line and the entries of podpath.yaml. */
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

/** The labels of a podpath.yaml: path beside it → label. Throws an InputError when it is not of the stated shape. */
export async function parseManifest(
  text: string,
  file: string,
): Promise<Map<string, VantageLabel>> {
  const { load } = await import("js-yaml");
  let value: unknown;
  try {
    value = load(text, { filename: file });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "";
    throw badManifest(file, `is not valid YAML (${reason})`);
  }
  const list = isRecord(value) ? value["captures"] : undefined;
  if (!Array.isArray(list)) throw badManifest(file, "has no list `captures`");
  const labels = new Map<string, VantageLabel>();
  for (const [index, entry] of list.entries()) {
    const { path, label } = readEntry(entry, index, file);
    labels.set(path, label);
  }
  return labels;
}

const ENTRY_KEYS = new Set(["file", "node", "interface", "pod"]);

function readEntry(
  entry: unknown,
  index: number,
  file: string,
): { readonly path: string; readonly label: VantageLabel } {
  const where = `captures[${index}]`;
  if (!isRecord(entry)) throw badManifest(file, `${where} is no mapping`);
  const label: { node?: string; interface?: string; pod?: string } = {};
  let path = "";
  for (const [key, value] of Object.entries(entry)) {
    if (!ENTRY_KEYS.has(key)) throw badManifest(file, `${where} has the unknown key ${key}`);
    if (typeof value !== "string" || value === "") {
      throw badManifest(file, `${where}.${key} is no text`);
    }
    if (key === "file") path = value.replace(/^(\.\/)+/, "");
    else label[key as keyof VantageLabel] = value;
  }
  if (path === "") throw badManifest(file, `${where} has no file`);
  if (label.pod !== undefined && parseLabel(`pod:${label.pod}`) === null) {
    throw badManifest(file, `${where}.pod is not NAMESPACE/NAME`);
  }
  return { path, label };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function badManifest(file: string, what: string): InputError {
  const advice =
    "It holds `captures:`, a list of {file, node, interface, pod}; see the documentation of inputs.";
  return new InputError("bad-argument", file, what, advice);
}
