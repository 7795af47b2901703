// A spreadsheet must show what the report says and run none of it. Python's csv module is asked as well where there is one.
import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { renderCsv } from "../../../src/core/render/csv.ts";
import { buildReport } from "../../../src/core/report/build-report.ts";
import type { Report } from "../../../src/core/report/report.ts";
import { META, richAnalysis } from "../../support/analysis.ts";
import { HOSTILE_TEXTS, hostileReport } from "../../support/hostile-report.ts";
import { connectionOf, partyOf, reportOf } from "../../support/report.ts";

const report = buildReport(richAnalysis(), META);
const csv = (value: Report): string => [...renderCsv(value)].join("");

/** RFC 4180 read strictly: quotes only around whole cells, CRLF only between lines. */
function table(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/gy;
  let end = 0;
  for (let match = cell.exec(text); match !== null; match = cell.exec(text)) {
    const [, value = "", separator] = match;
    rows.at(-1)?.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (separator === "\r\n") rows.push([]);
    end = cell.lastIndex;
  }
  expect(end, "everything is a cell").toBe(text.length);
  expect(rows.pop(), "the last line ends as the others do").toEqual([]);
  return rows;
}

describe("the table of connections", () => {
  it("has a line for each connection under names that are places in the JSON report", async () => {
    const text = csv(report);
    expect(text.split("\r\n").join("")).not.toMatch(/[\r\n]/);
    // Text files of the repository end their lines with LF alone.
    await expect(text.replaceAll("\r\n", "\n")).toMatchFileSnapshot("golden/rich.csv");
  });

  it("has as many cells in each line", () => {
    const [head, ...rows] = table(csv(report));
    expect(rows).toHaveLength(report.connections.length);
    for (const row of rows) expect(row).toHaveLength(head?.length ?? 0);
  });

  it("is the names alone where there is no connection", () => {
    expect(table(csv(reportOf({})))).toHaveLength(1);
  });
});

/** A report of one pod whose name is the text. */
const named = (name: string): Report => {
  const pod = partyOf("pod", "10.0.0.1", { namespace: "default", name });
  return reportOf({ connections: [connectionOf("conn-1", "external", pod, pod)] });
};
const nameIn = (text: string): string | undefined => {
  const [head = [], row = []] = table(text);
  return row[head.indexOf("orig.name")];
};

describe("names that strangers gave", () => {
  it.each(["=1+1", "+1", "-1+1", "@SUM(A1)", "＝1", "＋1", "－1", "＠a"])(
    "%s is shown, not calculated",
    (name) => {
      expect(nameIn(csv(named(name)))).toBe(`'${name}`);
    },
  );

  it.each(["\t=1", "\r=1", "\n=1"])("%j cannot hide a formula", (name) => {
    expect(nameIn(csv(named(name)))).toMatch(/^\\[trn]=1$/);
  });

  it.each(['a"b', 'a",=1+1,"b', "a;=1+1", " padded ", "웹-서버"])("%s stays one cell", (name) => {
    expect(nameIn(csv(named(name)))).toBe(name);
  });

  it.each(HOSTILE_TEXTS)("%j makes no line, no cell and no terminal do anything", (hostile) => {
    const text = csv(hostileReport(report, hostile));
    const [head, ...rows] = table(text);
    expect(rows).toHaveLength(report.connections.length);
    for (const row of rows) {
      expect(row).toHaveLength(head?.length ?? 0);
      for (const one of row) expect(one).not.toMatch(/^[=+\-@]|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
  });
});

const python = spawnSync("python3", ["-c", "import csv"]).status === 0;
it.skipIf(!python)("is read by Python's csv module as it is by us", () => {
  const text = csv(named('a",=1+1,"b'));
  const script =
    "import csv,io,json,sys; print(json.dumps(list(csv.reader(io.StringIO(sys.stdin.read(), newline='')))))";
  const { stdout } = spawnSync("python3", ["-c", script], { input: text, encoding: "utf8" });
  expect(JSON.parse(stdout)).toEqual(table(text));
});
