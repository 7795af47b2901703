/** What a user installs: few packages, no code that runs at installation, known licences, the same bytes from every build. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { importsOf } from "./support/layers.ts";
import { filesBelow, ROOT, readText } from "./support/repository.ts";
import { temporaryDirectory } from "./support/temporary-directory.ts";

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly hasInstallScript?: boolean;
}

const manifest: {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
} = JSON.parse(readText("package.json"));

const locked = Object.entries(
  JSON.parse(readText("package-lock.json")).packages as Readonly<Record<string, LockedPackage>>,
).filter(([path]) => path !== "");

/** Each more is somebody else's release that can break or attack a user. */
const MAX_RUNTIME_DEPENDENCIES = 8;

/** Permissive ones, which ask for a notice at most (SPDX ids). */
const LICENCES: ReadonlySet<string> = new Set([
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "MIT",
  "MIT-0",
  "PSF-2.0",
  "Unlicense",
]);

describe("the packages that come with podpath", () => {
  it(`are at most ${MAX_RUNTIME_DEPENDENCIES} of our choice, each at one exact version`, () => {
    const chosen = Object.entries(manifest.dependencies);
    expect(chosen.length).toBeLessThanOrEqual(MAX_RUNTIME_DEPENDENCIES);
    expect(chosen.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([]);
  });

  it("are locked by their hashes, wherever they are fetched from", () => {
    expect(locked.length).toBeGreaterThan(50);
    const loose = locked.filter(
      ([, { integrity, resolved }]) =>
        !integrity?.startsWith("sha512-") || resolved?.includes("://") === true,
    );
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it("run no script when they are installed, nor do the tools of the developers", () => {
    expect(locked.filter(([, one]) => one.hasInstallScript === true).map(([path]) => path)).toEqual(
      [],
    );
    // Scripts that npm runs for a user who installs the published package; `prepare` runs only in a clone.
    for (const hook of ["preinstall", "install", "postinstall"]) {
      expect(manifest.scripts[hook]).toBeUndefined();
    }
  });

  it("have licences that let anybody use them", () => {
    const unknown = locked.filter(
      ([, { dev, license }]) => dev !== true && !LICENCES.has(license ?? ""),
    );
    expect(unknown.map(([path, { license }]) => `${path}: ${license}`)).toEqual([]);
  });
});

describe("the program", () => {
  const OUTSIDE = /^node:(?:child_process|cluster|dgram|dns|http|http2|https|net|tls)(?:\/|$)/;
  const reachesOut = (source: string) => importsOf(source).filter((name) => OUTSIDE.test(name));

  it("opens no connection and starts no other program", () => {
    expect(reachesOut('import { connect } from "node:net";')).toEqual(["node:net"]);
    const sources = [...filesBelow("src"), ...filesBelow("bin")].filter((file) =>
      /\.[jt]s$/.test(file),
    );
    expect(sources.length).toBeGreaterThan(100);
    expect(sources.filter((file) => reachesOut(readText(file)).length > 0)).toEqual([]);
    expect(
      sources.filter((file) => /\b(?:fetch|WebSocket|EventSource)\(/.test(readText(file))),
    ).toEqual([]);
  });
});

describe("the published package", () => {
  it("is the same to the byte when it is built twice, in two places", () => {
    const [first, second] = [packed(), packed()];
    expect(first.files).toContain("package/dist/program/main.js");
    expect(second).toEqual(first);
  }, 120_000);
});

/** Builds and packs a copy of the project as a clone of it would. */
function packed(): { readonly sha256: string; readonly files: readonly string[] } {
  const folder = join(temporaryDirectory(), "podpath");
  for (const file of filesBelow("")) cpSync(join(ROOT, file), join(folder, file));
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const npm = (...words: string[]): string =>
    execFileSync("npm", words, { cwd: folder, encoding: "utf8", stdio: "pipe" });
  npm("run", "--silent", "build");
  npm("pack", "--ignore-scripts", "--silent");
  const name = readdirSync(folder).find((entry) => entry.endsWith(".tgz")) ?? "";
  const sha256 = createHash("sha256")
    .update(readFileSync(join(folder, name)))
    .digest("hex");
  const listing = execFileSync("tar", ["-tf", name], { cwd: folder, encoding: "utf8" });
  return { sha256, files: listing.trim().split("\n").sort() };
}
