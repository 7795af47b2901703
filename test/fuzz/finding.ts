/** What an oracle throws when the program did something that it must never do. */
export class Finding extends Error {}

export function expectThat(isTrue: boolean, what: () => string): asserts isTrue {
  if (!isTrue) throw new Finding(what());
}
