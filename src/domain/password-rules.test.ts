import { describe, expect, it } from 'vitest';
import { passwordFault } from './password-rules.ts';

describe('a password', () => {
  it.each([
    'correct horse battery',
    'several plain words',
    'xK3vPq9TzR2m',
    '847291650384',
    'größenwahn im garten',
    'my password is not this',
    '🐎🔋📎🧷 staple it',
  ])('may be %s', (password) => {
    expect(passwordFault(password)).toBeNull();
  });

  it.each([
    ['too short!!', 'at least 12'],
    ['x'.repeat(257), 'at most 256'],
    ['aaaaaaaaaaaa', 'repeats'],
    ['abababababab', 'repeats'],
    ['passwordpassword', 'repeats'],
    ['123456789012', 'row of keys'],
    ['qwertyuiop12', 'row of keys'],
    ['abcdefghijklm', 'row of keys'],
    ['098765432109', 'row of keys'],
    ['asdfghjkl;123', 'row of keys'],
    ['Password1234!', 'words'],
    ['P@ssw0rd2024', 'words'],
    ['Administrator1', 'words'],
    ['postrider-2024', 'words'],
    ['letmein-welcome', 'words'],
  ])('may not be %s', (password, why) => {
    expect(passwordFault(password)).toContain(why);
  });

  it('is not the address or the name of whose it is', () => {
    expect(passwordFault('ada.lovelace@example.com', ['ada.lovelace@example.com'])).toContain('words');
    expect(passwordFault('lovelace2024!', ['ada.lovelace@example.com', 'Ada Lovelace'])).toContain('words');
    expect(passwordFault('lovelace and other poets', ['ada.lovelace@example.com'])).toBeNull();
  });
});
