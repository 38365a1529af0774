import type { Locator } from 'playwright-core';
import { expect } from 'vitest';

/** So many arrow presses reach any item of a menu or a group of choices. */
const ARROWS = 60;

/**
 * Presses a button, link, menu item, tab, tick box or choice as somebody without a mouse does: it is come to by one Tab
 * from its neighbour in the order of Tab, or by arrows within its group, and by nothing else.
 */
export async function press(target: Locator): Promise<void> {
  await target.click({ trial: true }); // waits until it is there, at rest and enabled; clicks nothing
  const kind = await reach(target);
  if (kind === 'radio') return; // chosen by the arrows that led to it
  await target.page().keyboard.press(kind === 'checkbox' ? 'Space' : 'Enter');
}

/** Ticks a box, or makes a choice, unless that is so already. */
export async function tick(target: Locator): Promise<void> {
  if (!(await target.isChecked())) await press(target);
}

/** Replaces what stands in a field. */
export async function write(target: Locator, text: string): Promise<void> {
  await target.click({ trial: true });
  await reach(target);
  const { keyboard } = target.page();
  await keyboard.press('ControlOrMeta+a');
  if (text === '') await keyboard.press('Delete');
  else await keyboard.insertText(text);
}

/** Chooses in a native list, which is come to by Tab; what keys do within it is the browser's part. */
export async function choose(target: Locator, option: string | { label: string }): Promise<void> {
  await target.click({ trial: true });
  await reach(target);
  await target.selectOption(option);
}

interface Way {
  readonly first: 'Tab' | 'Shift+Tab' | null;
  readonly arrow: 'ArrowDown' | 'ArrowRight' | null;
}

/** Puts the focus onto the control by keys, and answers what it is: the type of an input, otherwise its role. */
async function reach(target: Locator): Promise<string> {
  const page = target.page();
  if (await page.evaluate("typeof postriderKeys === 'undefined'")) await page.evaluate(IN_PAGE);
  const way = (await inPage(target, 'neighbourFocused')) as Way;
  if (way.first) await page.keyboard.press(way.first);
  for (let i = 0; way.arrow && i < ARROWS && !(await inPage(target, 'isReached')); i++)
    await page.keyboard.press(way.arrow);
  await expect.poll(() => inPage(target, 'isReached'), { message: `${target} is not come to by keyboard` }).toBe(true);
  return (await inPage(target, 'kindOf')) as string;
}

interface KeysInPage {
  readonly postriderKeys: Readonly<Record<string, (element: unknown) => unknown>>;
}

function inPage(target: Locator, name: 'neighbourFocused' | 'isReached' | 'kindOf'): Promise<unknown> {
  return target.evaluate((element, key) => (globalThis as unknown as KeysInPage).postriderKeys[key]?.(element), name);
}

const IN_PAGE = `window.postriderKeys = (() => {
  const TABBABLE = 'a[href], button, input, select, textarea, summary, iframe, [contenteditable="true"], [tabindex]';

  /** A label stands for its control, and words in a button for the button. */
  function controlOf(element) {
    if (element.matches(TABBABLE)) return element;
    return element.closest('label')?.control ?? element.closest(TABBABLE) ?? element;
  }
  function kindOf(element) {
    const control = controlOf(element);
    return control.tagName === 'INPUT' ? control.type : (control.getAttribute('role') ?? '');
  }
  function isReached(element) {
    const control = controlOf(element);
    const { activeElement } = document;
    // The focus stays in the field while arrows go through what it offers.
    if (control.getAttribute('role') === 'option')
      return control.id !== '' && activeElement.getAttribute('aria-activedescendant') === control.id;
    return control === activeElement && (control.type !== 'radio' || control.checked);
  }
  function radiosOf(control) {
    return [...document.getElementsByName(control.name)].filter((one) => one.type === 'radio');
  }
  /** Of a group only one is come to by Tab; null: the focus is in the group already. */
  function tabStopOf(control) {
    if (control.type === 'radio') return radiosOf(control).find((one) => one.checked) ?? control;
    const role = control.getAttribute('role');
    if (role === 'menuitem' || role === 'option') return null;
    if (role === 'tab') return control.closest('[role=tablist]').querySelector('[role=tab][aria-selected=true]');
    return control;
  }
  function isTabbable(one) {
    if (one.disabled || (one.tabIndex < 0 && !one.isContentEditable) || one.closest('[inert]') || !one.checkVisibility({ visibilityProperty: true }))
      return false;
    return one.type !== 'radio' || tabStopOf(one) === one;
  }
  function neighbourFocused(element) {
    const control = controlOf(element);
    const stop = tabStopOf(control);
    const arrow = stop === control ? null : control.getAttribute('role') === 'tab' ? 'ArrowRight' : 'ArrowDown';
    if (stop === null || stop === document.activeElement) return { first: null, arrow };
    const all = [...document.querySelectorAll(TABBABLE)].filter(isTabbable);
    const at = all.indexOf(stop);
    const before = all[at - 1];
    const after = all[at + 1];
    // Of these one Tab leads into them, or on within them.
    if (before && !before.matches('iframe, [type^=date], [type=time]')) {
      before.focus();
      return { first: 'Tab', arrow };
    }
    after?.focus();
    return { first: at < 0 ? null : 'Shift+Tab', arrow };
  }
  return { kindOf, isReached, neighbourFocused };
})(); null`;
