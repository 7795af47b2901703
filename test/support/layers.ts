/**
 * Who may import whom: the one table of the layers. biome.json says the same in its own language; architecture.test.ts
 * holds the source to this table and guards.test.ts holds biome.json to it.
 */

/** What each folder of src/core hides from the others, lowest first. A folder may always import itself. */
const CORE: Readonly<Record<string, readonly string[]>> = {
  limits: [],
  diagnostics: [],
  address: ["diagnostics", "limits"],
  capture: ["diagnostics", "limits"],
  wire: ["address", "diagnostics", "limits"],
  flow: ["wire", "address", "diagnostics", "limits"],
  cluster: ["address", "diagnostics", "limits"],
  correlate: ["flow", "cluster", "address", "diagnostics", "limits"],
  predict: ["cluster", "address", "limits"],
  classify: ["correlate", "predict", "flow", "cluster", "address", "diagnostics", "limits"],
  analysis: [
    "classify",
    "predict",
    "correlate",
    "flow",
    "cluster",
    "wire",
    "capture",
    "address",
    "diagnostics",
    "limits",
  ],
  report: [
    "analysis",
    "classify",
    "correlate",
    "flow",
    "cluster",
    "wire",
    "capture",
    "address",
    "diagnostics",
    "limits",
  ],
  yaml: [],
  policy: ["report", "yaml", "limits"],
  diagram: ["report", "limits"],
  explain: ["report", "limits"],
  doctor: ["report", "limits"],
  render: ["diagram", "policy", "explain", "doctor", "report", "yaml", "limits"],
};

/** The files of src/core that run the stages; together they are the layer `analysis`. */
const PIPELINE = new Set([
  "analysis.ts",
  "analyze.ts",
  "read-captures.ts",
  "decode-diagnostics.ts",
]);

/** What every layer of the core may import: numbers and one type, which import nothing. */
const BASE = new Set(["limits.ts", "sequence.ts"]);

/** Layers of the whole program. */
export const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  ...CORE,
  node: Object.keys(CORE),
  cli: [...Object.keys(CORE), "node"],
  web: Object.keys(CORE),
};

/** npm packages, each behind the one layer that adapts it. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  address: ["ip-address"],
  report: ["zod"],
  policy: ["zod"],
  yaml: ["yaml"],
  node: ["d3-node", "fzstd", "pcap-parser"],
  cli: ["commander", "zod"],
};

/** The layer of a path below src/ without "src/", or null when no layer owns it. */
function layerOf(path: string): string | null {
  const [top, second, ...rest] = path.split("/");
  if (top !== "core") return top !== undefined && top in MAY_IMPORT && !(top in CORE) ? top : null;
  if (second === undefined) return null;
  if (rest.length > 0) return second in CORE && second !== "limits" ? second : null;
  if (BASE.has(second)) return "limits";
  return PIPELINE.has(second) ? "analysis" : null;
}

/** Module names of every static, dynamic and type-only import and re-export in the text. */
export function importsOf(source: string): string[] {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const statements =
    /(?:^|[;\s])(?:import|export)\b[^"'`;]*?\bfrom\s*["']([^"']+)["']|\bimport\s*\(\s*["']([^"']+)["']|^\s*import\s*["']([^"']+)["']/gm;
  return [...withoutComments.matchAll(statements)].map((m) => m[1] ?? m[2] ?? m[3] ?? "");
}

/** Where `specifier` leads when it stands in `path`; both below src/. null when it leaves src/. */
function resolve(path: string, specifier: string): string | null {
  const parts = path.split("/").slice(0, -1);
  for (const step of specifier.split("/")) {
    if (step === ".") continue;
    if (step === "..") {
      if (parts.pop() === undefined) return null;
    } else parts.push(step);
  }
  return parts.join("/");
}

/** Every import of `path` (below src/) that the table does not allow, one sentence each. */
export function layerViolations(path: string, source: string): string[] {
  const layer = layerOf(path);
  if (layer === null) return [`${path} is in no layer: add its folder to test/support/layers.ts`];
  return importsOf(source).flatMap((specifier) => {
    const what = specifier.startsWith(".")
      ? fileRefusal(layer, path, specifier)
      : packageRefusal(layer, specifier);
    return what === null ? [] : [`${path}: ${what}`];
  });
}

function packageRefusal(layer: string, name: string): string | null {
  const knowsNode = !(layer in CORE) && layer !== "web";
  const allowed = name.startsWith("node:") ? knowsNode : PACKAGES[layer]?.includes(name);
  return allowed ? null : `${layer} may not import the package ${name}`;
}

function fileRefusal(layer: string, path: string, specifier: string): string | null {
  const target = resolve(path, specifier);
  const targetLayer = target === null ? null : layerOf(target);
  if (target === null || targetLayer === null) return `${specifier} leads to no layer`;
  if (isRule(path) && isRule(target)) return `a rule may not import the rule ${specifier}`;
  if (targetLayer === layer || MAY_IMPORT[layer]?.includes(targetLayer)) return null;
  return `${layer} may not import ${targetLayer} (${specifier})`;
}

function isRule(path: string): boolean {
  return path.startsWith("core/classify/rules/");
}

/** Core files that ask a clock or a die: the compiler cannot forbid those, they are part of ECMAScript. */
export function impurities(path: string, source: string): string[] {
  const asked = source.match(/\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b/g) ?? [];
  return asked.map((what) => `${path}: ${what} makes two runs differ`);
}
