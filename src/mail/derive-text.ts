export function deriveText(html: string): string {
  return html;
}
