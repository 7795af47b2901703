/**
 * What the child is doing, for the parent to read when the child cannot speak any more: the number of the case and the bytes
 * of its input, in a file that is overwritten at each case.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";

/** Case number and length of the input, as doubles. */
const HEADER = 16;
const MOST_INPUT = 4 * 1024 * 1024;

export class JournalWriter {
  readonly #file: number;
  readonly #header = Buffer.alloc(HEADER);

  constructor(path: string) {
    this.#file = openSync(path, "w");
    this.begin(-1);
  }

  begin(caseNumber: number): void {
    this.#header.writeDoubleLE(caseNumber, 0);
    this.#header.writeDoubleLE(0, 8);
    writeSync(this.#file, this.#header, 0, HEADER, 0);
  }

  note(input: Uint8Array): void {
    const length = Math.min(input.length, MOST_INPUT);
    writeSync(this.#file, input, 0, length, HEADER);
    this.#header.writeDoubleLE(length, 8);
    writeSync(this.#file, this.#header, 0, HEADER, 0);
  }

  close(): void {
    closeSync(this.#file);
  }
}

export function readJournal(path: string): {
  readonly caseNumber: number;
  readonly input: Uint8Array;
} {
  const file = openSync(path, "r");
  try {
    const header = Buffer.alloc(HEADER);
    readSync(file, header, 0, HEADER, 0);
    const length = header.readDoubleLE(8);
    const input = Buffer.alloc(Math.min(MOST_INPUT, Math.max(0, length)));
    readSync(file, input, 0, input.length, HEADER);
    return { caseNumber: header.readDoubleLE(0), input };
  } finally {
    closeSync(file);
  }
}
