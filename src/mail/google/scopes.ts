/** Sends mail as a user, and nothing else (developers.google.com/gmail/api/auth/scopes). */
export const SEND_SCOPE = 'https://www.googleapis.com/auth/gmail.send';
/** Searches a mailbox: the parameter `q` of messages.list is not for the narrower gmail.metadata. */
export const SEARCH_SCOPE = 'https://www.googleapis.com/auth/gmail.readonly';
/** Reads the users of a domain, as an administrator. */
export const DIRECTORY_SCOPE = 'https://www.googleapis.com/auth/admin.directory.user.readonly';
/** What smtp.gmail.com asks for: nothing narrower is taken (developers.google.com/gmail/imap/xoauth2-protocol). */
export const SMTP_SCOPE = 'https://mail.google.com/';
