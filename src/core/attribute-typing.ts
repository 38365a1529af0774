import { asType, commonType, typeOf } from '../domain/attribute-inference.ts';
import type { AttributeType } from '../domain/attribute-type.ts';

export interface InferredAttribute {
  readonly name: string;
  readonly type: AttributeType;
}

/** More attributes than this are values that somebody took for names; they stay as they are. */
const MOST_ATTRIBUTES = 1000;

/**
 * Gives the attributes of an import their types: declared ones as they are declared, others as the first rows that have them
 * say. A file that is read again after a crash finds what its first chunk declared.
 */
export class AttributeTyping {
  readonly #types: Map<string, AttributeType>;

  constructor(declared: Iterable<InferredAttribute>) {
    this.#types = new Map([...declared].map(({ name, type }) => [name, type]));
  }

  /** Changes the attributes in place; returns those that have got their type by these rows. */
  apply(rows: ReadonlyArray<{ readonly attributes: Record<string, unknown> }>): InferredAttribute[] {
    const inferred = this.#infer(rows);
    for (const { name, type } of inferred) this.#types.set(name, type);
    for (const { attributes } of rows) {
      for (const name in attributes) {
        const type = this.#types.get(name);
        if (type !== undefined) attributes[name] = asType(attributes[name], type);
      }
    }
    return inferred;
  }

  #infer(rows: ReadonlyArray<{ readonly attributes: Record<string, unknown> }>): InferredAttribute[] {
    const found = new Map<string, AttributeType>();
    for (const { attributes } of rows) {
      for (const name in attributes) {
        if (this.#types.has(name)) continue;
        const type = typeOf(attributes[name]);
        const before = found.get(name);
        if (type !== null && before !== 'string') found.set(name, before ? commonType(before, type) : type);
      }
    }
    return [...found].map(([name, type]) => ({ name, type })).slice(0, Math.max(0, MOST_ATTRIBUTES - this.#types.size));
  }
}
