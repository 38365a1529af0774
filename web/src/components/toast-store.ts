const SHOWN_MS = 4000;
const UNDO_MS = 8000;

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly onUndo: (() => void) | null;
}

/** What `undoable` is given. */
interface Undoable {
  /** `Deleted "News".` */
  readonly text: string;
  /** Called when nobody took it back in eight seconds, or the page is left. */
  readonly act: () => void;
  /** Called when somebody took it back. */
  readonly onUndo: () => void;
}

/** The notices of a page, one list for all of it. */
class ToastStore {
  #toasts: readonly Toast[] = [];
  #nextId = 1;
  readonly #listeners = new Set<() => void>();
  /** What is done when a notice goes unheeded. */
  readonly #pending = new Map<number, { readonly act: () => void; readonly timer: ReturnType<typeof setTimeout> }>();

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  readonly list = () => this.#toasts;

  /** Says something was done. */
  say(text: string): void {
    const id = this.#show(text, null);
    setTimeout(() => this.#remove(id), SHOWN_MS);
  }

  /** Says something was done that is done only when nobody takes it back: deleting. */
  undoable({ text, act, onUndo }: Undoable): void {
    const id = this.#show(text, onUndo);
    this.#pending.set(id, { act, timer: setTimeout(() => this.#settle(id), UNDO_MS) });
  }

  undo(id: number): void {
    const toast = this.#toasts.find((each) => each.id === id);
    clearTimeout(this.#pending.get(id)?.timer);
    this.#pending.delete(id);
    this.#remove(id);
    toast?.onUndo?.();
  }

  /** Before the page is left: nobody can take anything back any more. */
  settleAll(): void {
    for (const id of [...this.#pending.keys()]) this.#settle(id);
  }

  #settle(id: number): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    clearTimeout(pending.timer);
    this.#pending.delete(id);
    this.#remove(id);
    pending.act();
  }

  #show(text: string, onUndo: (() => void) | null): number {
    const id = this.#nextId++;
    this.#change([...this.#toasts, { id, text, onUndo }]);
    return id;
  }

  #remove(id: number): void {
    this.#change(this.#toasts.filter((toast) => toast.id !== id));
  }

  #change(toasts: readonly Toast[]): void {
    this.#toasts = toasts;
    for (const listener of this.#listeners) listener();
  }
}

export const toasts = new ToastStore();
