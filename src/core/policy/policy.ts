/** A policy that was read: every rule with its id and its place in the file. */
import type { TextPlace } from "../yaml/read-yaml.ts";
import type { AllowRule, ExpectRule, ForbidRule, Severity } from "./policy-schema.ts";

interface RuleFacts {
  /** Unique in the policy; the same as long as the rule says the same. */
  readonly id: string;
  /** What a person calls it: its description, or what it says in short. */
  readonly title: string;
  readonly severity: Severity;
  readonly optional: boolean;
  readonly place: TextPlace;
}

export type PolicyRule = RuleFacts &
  (
    | { readonly kind: "expect"; readonly says: ExpectRule }
    | { readonly kind: "forbid"; readonly says: ForbidRule }
    | { readonly kind: "allow"; readonly says: AllowRule }
  );

export interface Acceptance {
  readonly reason: string;
  readonly atMost: number;
  readonly because: string;
}

export interface Policy {
  /** As given, for messages and as the place of results. */
  readonly file: string;
  readonly coverage: "seen" | "cluster";
  readonly accept: readonly Acceptance[];
  /** In the order of the file within each section: expect, forbid, allow. */
  readonly rules: readonly PolicyRule[];
}

/** A scalar or a list, as a list. */
export function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
