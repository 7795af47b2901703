/**
 * Goal: what is there for pipelines works as it stands. Method: run the action's own script with the environment that a runner gives,
 * run the program as a user without rights and without a home, and hold the files to the rules of their readers. There is no container
 * engine where the tests run; the image itself is not built.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPolicy } from "../src/core/policy/read-policy.ts";
import { readYaml } from "../src/core/yaml/read-yaml.ts";
import { shell } from "./support/cli.ts";
import { filesBelow, ROOT, readText } from "./support/repository.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<
    Record<
      string,
      { readonly description: string; readonly default?: string; readonly required?: boolean }
    >
  >;
  readonly outputs: Readonly<
    Record<string, { readonly description: string; readonly value: string }>
  >;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

function yamlOf(text: string): unknown {
  const { text: document, problem } = readYaml(text);
  if (problem !== undefined) throw new Error(JSON.stringify(problem));
  return document.value;
}

const action = yamlOf(readText("action.yml")) as Action;
const checkStep = action.runs.steps.find(({ id }) => id === "check");

describe("the GitHub action", () => {
  it("is composite, names a shell for each script, and pins what it uses to a commit", () => {
    expect(action.runs.using).toBe("composite");
    for (const { uses, run, shell: name } of action.runs.steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w/-]+@[0-9a-f]{40}$/);
      else expect([name, typeof run]).toEqual(["bash", "string"]);
    }
  });

  it("puts no expression into a script: inputs come as variables, never as code", () => {
    for (const { run = "" } of action.runs.steps) expect(run).not.toContain("${{");
  });

  it("uses every input that it declares, and no other", () => {
    const used = new Set(
      [...readText("action.yml").matchAll(/\binputs\.([\w-]+)/g)].map(([, name]) => name),
    );
    expect([...used].sort()).toEqual(Object.keys(action.inputs).sort());
    for (const { default: value, required } of Object.values(action.inputs))
      expect(required === true || value !== undefined).toBe(true);
    const scripts = action.runs.steps.map(({ run = "" }) => run).join("\n");
    for (const variable of Object.keys(checkStep?.env ?? {}))
      expect(scripts).toMatch(new RegExp(`\\$\\{?${variable}\\b`));
    for (const { value } of Object.values(action.outputs)) {
      const [, name = ""] = /steps\.check\.outputs\.([\w-]+)/.exec(value) ?? [];
      expect(scripts).toContain(`${name}=`);
    }
  });

  /** The check step as a runner runs it (bash --noprofile --norc -eo pipefail). */
  function run(variables: Readonly<Record<string, string>>) {
    const folder = temporaryDirectory({ output: "", summary: "" });
    const result = spawnSync(
      "bash",
      ["--noprofile", "--norc", "-eo", "pipefail", "-c", checkStep?.run ?? "exit 99"],
      {
        cwd: ROOT,
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"],
          RUNNER_TEMP: folder,
          GITHUB_ACTION_PATH: ROOT,
          GITHUB_OUTPUT: join(folder, "output"),
          GITHUB_STEP_SUMMARY: join(folder, "summary"),
          PODPATH_INPUTS: "",
          PODPATH_POLICY: "",
          PODPATH_BASELINE: "",
          PODPATH_TODAY: "2026-11-20",
          PODPATH_FAIL_ON: "error",
          ...variables,
        },
      },
    );
    const outputs = Object.fromEntries(
      readFileSync(join(folder, "output"), "utf8")
        .trim()
        .split("\n")
        .map((line) => {
          const at = line.indexOf("=");
          return [line.slice(0, at), line.slice(at + 1)];
        }),
    );
    return { ...result, outputs, summary: readFileSync(join(folder, "summary"), "utf8") };
  }

  it("is green on a healthy capture and leaves its files", () => {
    const { status, stderr, outputs, summary } = run({
      PODPATH_POLICY: "samples/policy.yaml",
      PODPATH_INPUTS: "samples/pod-to-pod\n\n",
    });
    expect(status, stderr).toBe(0);
    expect(outputs).toMatchObject({ verdict: "pass", "exit-code": "0" });
    expect(existsSync(outputs["sarif"] ?? "") && existsSync(outputs["junit"] ?? "")).toBe(true);
    expect(summary).toContain("## podpath check: PASS");
  });

  it("is red on a fault, with annotations and a summary", () => {
    const { status, stdout, outputs, summary } = run({
      PODPATH_POLICY: "samples/policy.yaml",
      PODPATH_INPUTS: "samples/tour",
    });
    expect(status).toBe(1);
    expect(outputs).toMatchObject({ verdict: "fail", "exit-code": "1" });
    expect(stdout).toMatch(/^::error file=samples\/policy.yaml,line=11,/m);
    expect(summary).toContain("```mermaid");
  });

  it("says nothing of a verdict when there is none", () => {
    const { status, outputs } = run({
      PODPATH_POLICY: "none.yaml",
      PODPATH_INPUTS: "samples/tour",
    });
    expect(status).toBe(2);
    expect(outputs).toEqual({ "exit-code": "2" });
  });

  it("takes an input for a name and never for code", () => {
    const folder = temporaryDirectory();
    const { status } = run({
      PODPATH_POLICY: "samples/policy.yaml",
      PODPATH_INPUTS: `$(touch ${folder}/owned); touch ${folder}/owned`,
    });
    expect(status).toBe(3);
    expect(existsSync(join(folder, "owned"))).toBe(false);
  });
});

describe("the image", () => {
  const lines = readText("Dockerfile")
    .split("\n")
    .filter((line) => /^[A-Z]+ /.test(line));

  it("runs as a user without rights and starts the program", () => {
    expect(lines.filter((line) => line.startsWith("USER ")).at(-1)).toMatch(
      /^USER [1-9]\d*:[1-9]\d*$/,
    );
    expect(lines).toContain('ENTRYPOINT ["node", "/app/bin/podpath.js"]');
    expect(lines.some((line) => /^ADD |^RUN .*(?:curl|wget)|:latest\b/.test(line))).toBe(false);
  });

  it("copies only what is there, what .dockerignore lets through, and all that the build reads", () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(" ").slice(1, -1));
    const let_ = readText(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    for (const path of copied) {
      expect(existsSync(`${ROOT}${path}`), path).toBe(true);
      expect(let_).toContain(path);
    }
    expect(copied.sort()).toEqual([...let_].sort());
  });

  it("builds the program from what it copies", () => {
    const folder = temporaryDirectory();
    const copied = readText(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    for (const path of copied) execFileSync("cp", ["-r", `${ROOT}${path}`, folder]);
    execFileSync("ln", ["-s", `${ROOT}node_modules`, join(folder, "node_modules")]);
    execFileSync("npm", ["run", "--silent", "build"], { cwd: folder, stdio: "pipe" });
    const { status, stdout } = spawnSync("node", [join(folder, "bin/podpath.js"), "--version"], {
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, expect.stringMatching(/^podpath \d/)]);
  }, 120_000);

  const isRoot = process.getuid?.() === 0;
  if (!isRoot) console.warn("not root: the program is not run as another user");

  it.runIf(isRoot)(
    "works for a user without rights, without a home, in a folder that it may not write to",
    () => {
      const folder = temporaryDirectory();
      chmodSync(folder, 0o755);
      for (const part of [
        "bin",
        "dist/program",
        "package.json",
        "samples/pod-to-pod",
        "samples/policy.yaml",
        "node_modules",
      ]) {
        mkdirSync(join(folder, "app", part, ".."), { recursive: true });
        execFileSync("cp", ["-r", `${ROOT}${part}`, join(folder, "app", part, "..")]);
      }
      execFileSync("chmod", ["-R", "a+rX,a-w", join(folder, "app")]);
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        ["bin/podpath.js", "check", "--policy", "samples/policy.yaml", "samples/pod-to-pod"],
        { cwd: join(folder, "app"), uid: 65_532, gid: 65_532, env: {}, encoding: "utf8" },
      );
      execFileSync("chmod", ["-R", "u+w", join(folder, "app")]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toContain("PASS");
    },
  );
});

describe("docs/ci.md", () => {
  const text = readText("docs/ci.md");
  const blocks = [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^\1```$/gm)].map(
    ([, indent = "", language, body = ""]) => ({
      language,
      body: body.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    }),
  );

  it("shows policies that are policies", () => {
    const policies = blocks.filter(
      ({ language, body }) => language === "yaml" && /^(?:expect|forbid):/m.test(body),
    );
    expect(policies.length).toBeGreaterThan(1);
    for (const { body } of policies) expect(readPolicy(body, "p.yaml").problems).toBeUndefined();
  });

  it("shows YAML that is YAML", () => {
    for (const { language, body } of blocks)
      if (language === "yaml") expect(readYaml(body).problem).toBeUndefined();
  });

  it("shows what the program says of the samples", async () => {
    const { stdout, code } = await shell("podpath check --policy samples/policy.yaml samples/tour");
    expect(code).toBe(1);
    const [shown] = blocks.filter(({ language }) => language === "text");
    for (const line of shown?.body.trimEnd().split("\n") ?? []) expect(stdout).toContain(line);
    expect(
      (await shell("podpath check --policy samples/policy.yaml samples/pod-to-pod")).code,
    ).toBe(0);
  });

  it("names options that there are", () => {
    const help = readText("docs/cli.md");
    const options = new Set(
      [...text.matchAll(/(?<![\w-])--([a-z][\w-]*)/g)].map(([, name]) => name),
    );
    const foreign = new Set(["rm", "read-only", "network"]);
    for (const option of options)
      if (!foreign.has(option ?? "")) expect(help).toContain(`--${option}`);
  });

  it("keeps a GitLab job that GitLab understands", () => {
    const job = (
      yamlOf(blocks.find(({ body }) => body.startsWith("podpath:\n"))?.body ?? "") as {
        podpath: Record<string, unknown>;
      }
    ).podpath;
    expect(Object.keys(job).sort()).toEqual(["artifacts", "image", "script", "stage"]);
    expect(job["artifacts"]).toMatchObject({ when: "always", reports: { junit: "junit.xml" } });
  });
});

it("nothing else lies in the project's first folder", () => {
  const first = filesBelow("").filter((path) => !path.includes("/"));
  expect(
    first.filter((path) => /^(?:action\.yml|Dockerfile|\.dockerignore)$/.test(path)).sort(),
  ).toEqual([".dockerignore", "Dockerfile", "action.yml"]);
});
