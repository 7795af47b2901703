/**
 * Counters into source text: one per branch, a step per loop turn and function call, a charge per typed array. Nothing that
 * the code computes changes, and no line moves, so that stack traces stay true.
 */
import { parseAst } from "rolldown/parseAst";

/** A node of ESTree or TS-ESTree, as far as it matters here. */
interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

interface Edit {
  readonly at: number;
  readonly text: string;
}

export interface Instrumented {
  readonly code: string;
  /** Numbers and words that the code compares with: what a mutator puts into inputs. */
  readonly constants: readonly (number | string)[];
  /** How many counters were used, from `firstCounter` on. */
  readonly counters: number;
}

const LOOPS = new Set([
  "ForStatement",
  "WhileStatement",
  "DoWhileStatement",
  "ForOfStatement",
  "ForInStatement",
]);
const FUNCTIONS = new Set(["FunctionDeclaration", "FunctionExpression", "ArrowFunctionExpression"]);
const ALLOCATORS = new Set([
  "ArrayBuffer",
  "Array",
  "Uint8Array",
  "Int8Array",
  "Uint16Array",
  "Int16Array",
  "Uint32Array",
  "Int32Array",
  "Float64Array",
]);
const STEP = "if(--$steps[0]<0)$outOfSteps();";
/** The same for a function that is an expression: a callback that compares everything with everything has no loop. */
const STEP_IN_EXPRESSION = "(--$steps[0]<0&&$outOfSteps(),";

/** `source` is TypeScript or JavaScript; `countersModule` is what it imports the counters from. */
export function instrument(
  source: string,
  firstCounter: number,
  countersModule: string,
): Instrumented {
  const walk = new Walk(source, firstCounter);
  walk.visit(parseAst(source, { lang: "ts" }) as unknown as Node);
  const from = JSON.stringify(countersModule);
  const head = `import{HITS as $hits,steps as $steps,outOfSteps as $outOfSteps,allocate as $allocate}from ${from};`;
  return {
    code: head + walk.apply(),
    constants: [...walk.constants],
    counters: walk.next - firstCounter,
  };
}

class Walk {
  readonly constants = new Set<number | string>();
  next: number;
  readonly #source: string;
  /** In the order in which edits at one place must stand: outer openings before inner, inner closings before outer. */
  readonly #edits: Edit[] = [];
  readonly #removed: { readonly start: number; readonly end: number }[] = [];

  constructor(source: string, firstCounter: number) {
    this.#source = source;
    this.next = firstCounter;
  }

  visit(node: Node): void {
    // Types hold no code; `declare` and `import type` neither.
    if (node.type.startsWith("TS") && !isExpressionOfTypeScript(node.type)) return;
    this.#noteConstant(node);
    if (node.type === "IfStatement") {
      this.#branch(node["consequent"] as Node);
      if (node["alternate"] != null) this.#branch(node["alternate"] as Node);
    } else if (LOOPS.has(node.type)) this.#branch(node["body"] as Node, STEP);
    else if (FUNCTIONS.has(node.type)) this.#function(node);
    else if (node.type === "SwitchCase") this.#switchCase(node);
    else if (node.type === "CatchClause") this.#branch(node["body"] as Node);
    const wrapped = this.#wrappedOperands(node);
    const opening = node.type === "ArrowFunctionExpression" ? STEP_IN_EXPRESSION : "(";
    for (const operand of wrapped) this.#insert(operand.start, `${opening}${this.#hit()},`);
    if (node.type === "NewExpression") this.#allocation(node);
    // An operand's opening stands before those of what is inside it, its closing behind them.
    for (const child of childrenOf(node)) {
      this.visit(child);
      if (wrapped.includes(child)) this.#insert(child.end, ")");
      if (this.#closings.has(child)) this.#insert(child.end, "}");
    }
  }

  readonly #closings = new Set<Node>();

  apply(): string {
    const edits = this.#edits.map((edit, order) => ({ ...edit, order }));
    edits.sort((a, b) => a.at - b.at || a.order - b.order);
    let code = "";
    let at = 0;
    const removed = this.#removed.toSorted((a, b) => a.start - b.start);
    const copyTo = (end: number): void => {
      for (const gap of removed) {
        if (gap.start < at || gap.start >= end) continue;
        code += this.#source.slice(at, gap.start);
        at = gap.end;
      }
      code += this.#source.slice(at, end);
      at = end;
    };
    for (const edit of edits) {
      copyTo(edit.at);
      code += edit.text;
    }
    copyTo(this.#source.length);
    return code;
  }

  #insert(at: number, text: string): void {
    this.#edits.push({ at, text });
  }

  #hit(): string {
    const counter = this.next;
    this.next += 1;
    return `$hits[${counter}]++`;
  }

  /** A statement that runs or not; a single one gets braces. */
  #branch(body: Node, extra = ""): void {
    if (body.type === "BlockStatement")
      return this.#insert(body.start + 1, `${this.#hit()};${extra}`);
    this.#insert(body.start, `{${this.#hit()};${extra}`);
    this.#closings.add(body);
  }

  #function(node: Node): void {
    const body = node["body"] as Node | null;
    if (body?.type === "BlockStatement") this.#insert(body.start + 1, `${this.#hit()};${STEP}`);
  }

  #switchCase(node: Node): void {
    const [first] = node["consequent"] as Node[];
    if (first !== undefined) this.#insert(first.start, `${this.#hit()};`);
  }

  #wrappedOperands(node: Node): Node[] {
    if (node.type === "ConditionalExpression")
      return [node["consequent"] as Node, node["alternate"] as Node];
    if (node.type === "LogicalExpression") return [node["right"] as Node];
    const body = node["body"] as Node | null | undefined;
    const isExpression = node.type === "ArrowFunctionExpression" && body?.type !== "BlockStatement";
    return isExpression && body != null ? [body] : [];
  }

  #allocation(node: Node): void {
    const callee = node["callee"] as Node;
    if (callee.type !== "Identifier" || !ALLOCATORS.has(callee["name"] as string)) return;
    this.#removed.push({ start: node.start, end: callee.start });
    this.#insert(callee.start, "$allocate.");
  }

  #noteConstant(node: Node): void {
    if (node.type !== "Literal") return;
    const value = node["value"];
    if (typeof value === "number" && Number.isInteger(value) && value > 8)
      this.constants.add(value);
    if (typeof value === "string" && value.length > 1 && value.length < 32)
      this.constants.add(value);
  }
}

/** `x as T`, `x!`, `x satisfies T`: code with a type beside it. */
function isExpressionOfTypeScript(type: string): boolean {
  return (
    type === "TSAsExpression" || type === "TSNonNullExpression" || type === "TSSatisfiesExpression"
  );
}

/** In the order of the source. */
function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (isNode(one)) children.push(one);
    }
  }
  return children.sort((a, b) => a.start - b.start);
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}
