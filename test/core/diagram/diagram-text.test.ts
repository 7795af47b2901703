/**
 * Goal: other programs read what podpath writes for them, and no name can act in it. Method: golden files to be read; the same
 * report with hostile names must give the same text outside the quotes; Graphviz and an XML parser read all of it.
 */
import { spawnSync } from "node:child_process";
import { D3Node } from "d3-node";
import { describe, expect, it } from "vitest";
import { diagramText, TEXT_FORMATS } from "../../../src/core/diagram/diagram-text.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { HOSTILE_TEXTS } from "../../support/hostile-report.ts";
import { BIG, clusterReport, reportOf } from "../../support/report.ts";
import { readText } from "../../support/repository.ts";

const KINDS = ["topology", "path"] as const;
const ACTING = [
  ...HOSTILE_TEXTS,
  '"]; end\n%%{init}%% click A "javascript:alert(1)"',
  "<b>x</b> `md` **b** $$".concat("{evil} $", "{x} \\n \\"),
  "'); DROP -- |> ]) }} ---",
  "end",
  "#quot; &amp; %% x",
];

/** A sample whose names are all `name`. */
function named(name: string): Report {
  const report = JSON.parse(readText("samples/snat-egress/expected.report.json"));
  for (const { orig, resp, nat } of report.connections) {
    Object.assign(orig, { name, namespace: name, node: name });
    if (resp.kind === "external") resp.dnsNames = [name];
    for (const step of nat) step.rule.text = name;
  }
  for (const point of report.vantagePoints) Object.assign(point, { interface: name, node: name });
  report.snapshot.nodes = [{ name, zone: name, address: "10.0.0.1" }];
  report.snapshot.cluster = name;
  return report;
}

function textsOf(report: Report): { what: string; text: string }[] {
  return KINDS.flatMap((kind) =>
    TEXT_FORMATS.map((format) => ({
      what: `${kind} as ${format}`,
      text: diagramText(kind, format, report, report.connections.at(0)) ?? "",
    })),
  );
}

/** Everything outside quotes and comments. */
function skeleton(text: string): string {
  return text.replace(/^( *(?:#|%%)).*$/gm, "$1").replace(/"(?:[^"\\]|\\.)*"/g, '""');
}

describe.each(["tour", "nlb-instance"])("the sample %s for other programs", (sample) => {
  const report: Report = JSON.parse(readText(`samples/${sample}/expected.report.json`));
  it.each(KINDS.flatMap((kind) => TEXT_FORMATS.map((format) => [kind, format] as const)))(
    "is drawn as a %s in %s",
    async (kind, format) => {
      const text = diagramText(kind, format, report, report.connections.at(0)) ?? "";
      await expect(text).toMatchFileSnapshot(`golden/${sample}.${kind}.${format}`);
    },
  );
});

describe("hostile names", () => {
  const plain = new Map(textsOf(named("web")).map(({ what, text }) => [what, skeleton(text)]));

  it.each(ACTING.map((text) => [JSON.stringify(text.slice(0, 40)), text]))(
    "like %s stay inside the quotes",
    (_, hostile) => {
      for (const { what, text } of textsOf(named(hostile))) {
        // How many lines a text has there is the name's own affair; an XML parser judges it below.
        if (what.endsWith("drawio")) continue;
        expect(skeleton(text), what).toBe(plain.get(what));
      }
    },
  );

  it("a name that gets out would be seen", () => {
    expect(skeleton('a["x"]')).not.toBe(skeleton('a["x"]; click a "y"]'));
  });

  it("begin no formula, comment or directive in Mermaid", () => {
    const text = diagramText("path", "mermaid", named("$$x$$ %%{init}%%"), undefined);
    expect(text).toBeNull();
    const report = named("$$x$$ %%{init}%%");
    const drawn = diagramText("path", "mermaid", report, report.connections.at(0)) ?? "";
    expect(drawn).not.toMatch(/\$|%%\{/);
  });
});

const dot = spawnSync("dot", ["-V"]);

describe("readers", () => {
  it.skipIf(dot.error !== undefined)("Graphviz draws it", () => {
    for (const report of [...ACTING.map(named), clusterReport(BIG), reportOf({})]) {
      for (const kind of KINDS) {
        const input = diagramText(kind, "dot", report, report.connections.at(0));
        if (input === null) continue;
        const { status, stderr } = spawnSync("dot", ["-Tcanon"], { input });
        expect(`${status} ${stderr}`).toBe("0 ");
      }
    }
  });

  it("draw.io's XML is well-formed, and every line has its two boxes", () => {
    const { window } = new D3Node() as unknown as {
      window: {
        DOMParser: new () => {
          parseFromString(text: string, type: string): { documentElement: Element };
        };
      };
    };
    interface Element {
      readonly tagName: string;
      getAttribute(name: string): string | null;
      querySelectorAll(selector: string): Iterable<Element>;
    }
    for (const report of [...ACTING.map(named), clusterReport(BIG)]) {
      for (const kind of KINDS) {
        const text = diagramText(kind, "drawio", report, report.connections.at(0)) ?? "";
        const root = new window.DOMParser().parseFromString(text, "text/xml").documentElement;
        expect(root.tagName).toBe("mxfile");
        const cells = [...root.querySelectorAll("mxCell")];
        const ids = new Set(cells.map((cell) => cell.getAttribute("id")));
        expect(ids.size).toBe(cells.length);
        const edges = cells.filter((cell) => cell.getAttribute("edge") === "1");
        expect(edges.length).toBeGreaterThan(0);
        for (const edge of edges) {
          expect(ids).toContain(edge.getAttribute("source"));
          expect(ids).toContain(edge.getAttribute("target"));
        }
      }
    }
  });
});

it("only pictures of boxes and lines have these forms", () => {
  const report = clusterReport(BIG);
  const connection = report.connections.at(0);
  for (const kind of ["sankey", "timeline", "ladder"] as const) {
    for (const format of TEXT_FORMATS) {
      expect(diagramText(kind, format, report, connection)).toBeNull();
    }
  }
});
