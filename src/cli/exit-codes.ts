/** What the exit code of a command says. */
export const EXIT = { ok: 0, nothingStarted: 1, someNotSent: 2, interrupted: 130 } as const;
