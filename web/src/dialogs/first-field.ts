/** For the field that a form begins with: it takes the focus when the form is there, as what had it before has gone. */
export function takesFocus(field: HTMLElement | null): void {
  field?.focus();
}
