/**
 * What instrumented code writes into: which branches ran, how many steps are left, how many bytes were asked for. Built into the
 * same bundle as the code under test (instrument.ts), so that a counter costs one store into a typed array.
 */

/** One byte per branch; wraps like AFL's map. Big enough for every branch of src/core. */
export const HITS = new Uint8Array(65_536);

/** Loop turns and function calls that the current run may still make. A float, so that a budget can be unlimited. */
export const steps = new Float64Array([Number.POSITIVE_INFINITY]);

/** Bytes of typed arrays that the current run may still ask for. */
const allocation = { bytesLeft: Number.POSITIVE_INFINITY };

export class BudgetExceeded extends Error {}

/** Called by instrumented code when `steps` has run out: a loop that no input of this size explains. */
export function outOfSteps(): never {
  steps[0] = Number.POSITIVE_INFINITY;
  throw new BudgetExceeded(
    "the run makes more steps than its input can explain: it hangs or is not linear",
  );
}

export function setBudget(maxSteps: number, maxBytes: number): void {
  steps[0] = maxSteps;
  allocation.bytesLeft = maxBytes;
}

/** Steps made since a budget of `maxSteps` was set. */
export function stepsSince(maxSteps: number): number {
  return maxSteps - (steps[0] ?? 0);
}

export function clearBudget(): void {
  setBudget(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
}

function charge(what: string, bytes: number): void {
  if (Number.isNaN(bytes)) return;
  allocation.bytesLeft -= bytes;
  if (allocation.bytesLeft >= 0) return;
  allocation.bytesLeft = Number.POSITIVE_INFINITY;
  throw new BudgetExceeded(
    `a run asks for ${bytes} bytes more (${what}): an input decides how much`,
  );
}

type ArrayArgument = number | ArrayBufferLike | ArrayLike<number>;
interface TypedArrayConstructor<T> {
  readonly BYTES_PER_ELEMENT: number;
  new (first: ArrayArgument, offset?: number, length?: number): T;
}

function counted<T>(type: TypedArrayConstructor<T>, name: string) {
  return (first: ArrayArgument = 0, offset?: number, length?: number): T => {
    if (typeof first === "number") charge(name, first * type.BYTES_PER_ELEMENT);
    // A missing argument and one that is undefined are not the same to these constructors of old engines.
    if (length !== undefined) return new type(first, offset, length);
    return offset === undefined ? new type(first) : new type(first, offset);
  };
}

/**
 * The window that every capture is read through. Zeroing a new one costs more than a small capture does, so a few are used in
 * turn; what is near their start is overwritten, so that whoever reads behind the bytes present reads the same every time.
 */
const WINDOW_BYTES = 1024 * 1024;
const windows = Array.from({ length: 4 }, () => new ArrayBuffer(WINDOW_BYTES));
const POISONED_BYTES = 96 * 1024;
let nextWindow = 0;

function takeWindow(): ArrayBuffer {
  const window = windows[nextWindow % windows.length] as ArrayBuffer;
  nextWindow += 1;
  new Uint8Array(window, 0, POISONED_BYTES).fill(0xa5);
  return window;
}

/** `new X(...)` of instrumented code becomes `allocate.X(...)`. */
export const allocate = {
  ArrayBuffer(bytes: number): ArrayBuffer {
    charge("ArrayBuffer", bytes);
    return bytes === WINDOW_BYTES ? takeWindow() : new ArrayBuffer(bytes);
  },
  Array<T>(...items: readonly T[]): T[] {
    const [length] = items;
    if (items.length !== 1 || typeof length !== "number") return [...items];
    charge("Array", length * 8);
    return new Array<T>(length);
  },
  Uint8Array: counted(Uint8Array, "Uint8Array"),
  Int8Array: counted(Int8Array, "Int8Array"),
  Uint16Array: counted(Uint16Array, "Uint16Array"),
  Int16Array: counted(Int16Array, "Int16Array"),
  Uint32Array: counted(Uint32Array, "Uint32Array"),
  Int32Array: counted(Int32Array, "Int32Array"),
  Float64Array: counted(Float64Array, "Float64Array"),
};
