/**
 * A message's reference as providers take it: Resend and Amazon SES allow letters, digits, `_` and `-` in tags (resend.com
 * /docs/dashboard/emails/tags, docs.aws.amazon.com/ses API_MessageTag), so the dot of a Message-ID becomes `_` for all of them.
 */
export function tagOfReference(reference: string): string {
  return reference.replaceAll('.', '_');
}

/** The way back, for what comes in events: neither half of a reference holds a `_`. */
export function referenceOfTag(tag: string): string {
  return tag.replaceAll('_', '.');
}
