/** YAML for people to review: block style, one fact a line, keys in the order given, the same text for the same value. */
import { stringify } from "yaml";

export interface WriteYamlOptions {
  /** Every string stands in double quotes on one line; otherwise only those do that need them. */
  readonly quoteStrings?: boolean;
}

/** `value` is plain data. Lines are never folded, so that a change of one value is a change of one line. */
export function writeYaml(value: unknown, { quoteStrings = false }: WriteYamlOptions = {}): string {
  return stringify(value, {
    ...(quoteStrings
      ? { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN", doubleQuotedAsJSON: true }
      : {}),
    version: "1.2",
    schema: "core",
    lineWidth: 0,
    minContentWidth: 0,
    aliasDuplicateObjects: false,
    // Two readers disagree about plain `no` and `0x10`; quotes leave no doubt where one is needed.
    compat: "yaml-1.1",
  });
}
