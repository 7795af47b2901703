/** podpath.yaml: names the vantage points of the captures beside it. */
import { posix } from "node:path";
import type { VantageLabel } from "../core/analysis.ts";
import type { DiagnosticLog } from "../core/diagnostics/diagnostic.ts";
import { type ByteOrigin, readAll } from "./byte-origin.ts";
import { LABEL_WITHOUT_FILE } from "./input-diagnostics.ts";
import { InputError } from "./input-error.ts";
import { decodeText } from "./recognise.ts";
import { parseLabel } from "./vantage-label.ts";

/** A list of labels is written by hand; this is some ten thousand of them. */
const MAX_MANIFEST_BYTES = 1024 * 1024;

export function isManifest(path: string): boolean {
  return /(^|\/)podpath\.ya?ml$/.test(path);
}

/** Labels of all manifests among the files of a directory or bundle: path of the capture → label. */
export async function readManifests(
  members: readonly { readonly path: string; readonly file: string; readonly origin: ByteOrigin }[],
  log: DiagnosticLog,
): Promise<Map<string, VantageLabel>> {
  const labels = new Map<string, VantageLabel>();
  const paths = new Set(members.map(({ path }) => path));
  for (const { path, file, origin } of members.filter((member) => isManifest(member.path))) {
    const source = origin.open();
    const bytes = await readAll(source, MAX_MANIFEST_BYTES);
    source.close();
    if (bytes === null) throw badManifest(file, `has more than ${MAX_MANIFEST_BYTES} bytes`);
    for (const [entry, label] of await parseManifest(decodeText(bytes), file)) {
      const target = posix.join(posix.dirname(path), entry);
      if (paths.has(target)) labels.set(target, label);
      else log.add(LABEL_WITHOUT_FILE, { file }, `there is no file ${entry}`);
    }
  }
  return labels;
}

/** The labels of a podpath.yaml: path beside it → label. Throws an InputError when it is not of the stated shape. */
export async function parseManifest(
  text: string,
  file: string,
): Promise<Map<string, VantageLabel>> {
  const { readYaml } = await import("../core/yaml/read-yaml.ts");
  const { text: document, problem } = readYaml(text);
  if (problem !== undefined) {
    const { line, column, message } = problem;
    throw badManifest(file, `is not valid YAML (${line}:${column}: ${message})`);
  }
  const { value } = document;
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
