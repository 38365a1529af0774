import { AppError } from '../errors.ts';

/** A template that cannot be parsed or compiled. `line` and `column` count from 1 in the source its author wrote. */
export class TemplateError extends AppError {
  readonly field: string;
  readonly line: number;
  readonly column: number;

  constructor(field: string, message: string, position: { line: number; column?: number }, cause?: unknown) {
    const column = position.column ?? 1;
    const text = `${field}, line ${position.line}, column ${column}: ${message}`;
    super('TEMPLATE_SYNTAX', text, { details: [{ path: field, message: text }], cause });
    this.field = field;
    this.line = position.line;
    this.column = column;
  }
}

/**
 * A message that cannot be made. Thrown by `compileMessage` it is the campaign's fault and concerns every recipient; thrown
 * by `render` it concerns this one recipient, and another attempt with the same data would fail the same way.
 */
export class MessageError extends AppError {
  readonly field: string;

  constructor(field: string, message: string, cause?: unknown) {
    super('VALIDATION', `${field}: ${message}`, { details: [{ path: field, message }], cause });
    this.field = field;
  }
}
