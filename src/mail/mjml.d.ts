/** mjml 5 ships no types, and @types/mjml describes version 4, whose function was not async. */
declare module 'mjml' {
  interface MjmlError {
    readonly line: number;
    readonly message: string;
    readonly tagName: string;
  }
  interface MjmlResult {
    readonly html: string;
    readonly errors: readonly MjmlError[];
  }
  // biome-ignore lint/style/noDefaultExport: that is how mjml exports it
  export default function mjml2html(
    source: string,
    options?: { validationLevel?: 'strict' | 'soft' | 'skip'; keepComments?: boolean; ignoreIncludes?: boolean },
  ): Promise<MjmlResult>;
}
