/**
 * A list whose items may be made when they are asked for: a capture has millions of connections, and almost nobody looks at
 * more than a few. Every array is one. Who takes a sequence walks it with `for of` as seldom as possible and keeps no item
 * that it does not need.
 */
export interface Sequence<T> extends Iterable<T> {
  readonly length: number;
  at(index: number): T | undefined;
}
