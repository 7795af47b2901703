/** Which pods somebody means who types a name: on a command line, in a question to `doctor`. */

export interface PodName {
  readonly namespace: string;
  readonly name: string;
}

/**
 * The pods called `[namespace/]name`; when none is called exactly so, those whose names begin with it, as Hubble's `--pod` does,
 * so that "web" finds every pod of the Deployment and "web-1" does not find "web-10" beside "web-1". Order as given.
 */
export function podsNamed<T extends PodName>(pods: readonly T[], asked: string): readonly T[] {
  const slash = asked.indexOf("/");
  const namespace = slash < 0 ? null : asked.slice(0, slash);
  const name = asked.slice(slash + 1);
  if (name === "") return [];
  const inNamespace = namespace === null ? pods : pods.filter((pod) => pod.namespace === namespace);
  const exact = inNamespace.filter((pod) => pod.name === name);
  return exact.length > 0 ? exact : inNamespace.filter((pod) => pod.name.startsWith(name));
}
