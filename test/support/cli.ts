/** Runs the command line: in this process with made-up streams, or as a process of its own. */
import { spawn } from "node:child_process";
import { Readable, Writable } from "node:stream";
import type { CliIo } from "../../src/cli/cli-io.ts";
import { main } from "../../src/cli/main.ts";
import { ROOT } from "./repository.ts";

export interface CliResult {
  readonly code: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

class Gathered extends Writable {
  text = "";
  isTTY = false;

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.text += chunk.toString();
    done();
  }
}

export interface CliSetting {
  readonly env?: Record<string, string>;
  readonly tty?: boolean;
  readonly stdin?: Readable;
  readonly stdout?: Writable;
}

/** `podpath …argv` in this process. */
export async function runCli(
  argv: readonly string[],
  setting: CliSetting = {},
): Promise<CliResult> {
  const stdout = new Gathered();
  const stderr = new Gathered();
  stdout.isTTY = setting.tty ?? false;
  stderr.isTTY = setting.tty ?? false;
  const io: CliIo = {
    stdin: setting.stdin ?? Readable.from([]),
    stdout: setting.stdout ?? stdout,
    stderr,
    env: setting.env ?? {},
    programName: "podpath",
  };
  const code = await main(argv, io);
  return { code, stdout: stdout.text, stderr: stderr.text };
}

/** `bash -c command` in the project's folder, with "podpath" standing for the built program; nothing outlives its test. */
export function shell(command: string): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const script = `podpath() { timeout 25 node "${ROOT}bin/podpath.js" "$@"; }\n${command}`;
    const child = spawn("bash", ["-c", script], { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}
